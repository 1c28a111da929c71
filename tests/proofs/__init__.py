"""Each claim about the running program, observed on real FastAPI, SQLAlchemy and a real database."""
