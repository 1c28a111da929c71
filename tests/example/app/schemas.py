from pydantic import BaseModel


class AuthorOut(BaseModel):
    name: str


class BookOut(BaseModel):
    title: str
    author: AuthorOut
