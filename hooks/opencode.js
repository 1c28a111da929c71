// Tells an agent in OpenCode what fastapi-lint finds on the lines that it has just edited.
// Installed by `fastapi-lint agent install --for opencode`, beside the launcher that it runs.

import { spawn } from "node:child_process"
import { fileURLToPath } from "node:url"

const LAUNCHER = fileURLToPath(new URL("./fastapi-lint/launch.sh", import.meta.url))
const EDITS = new Set(["edit", "write", "apply_patch"])
const LIMIT_MS = 30_000

/** Return what the hook prints for an event; whatever goes wrong is silence. */
function ask(event, directory) {
  return new Promise((resolve) => {
    const hook = spawn("sh", [LAUNCHER], { cwd: directory, stdio: ["pipe", "pipe", "ignore"], timeout: LIMIT_MS })
    let answer = ""
    hook.on("error", () => resolve(""))
    hook.stdin.on("error", () => {})
    hook.stdout.on("data", (part) => (answer += part))
    hook.on("close", () => resolve(answer))
    hook.stdin.end(JSON.stringify(event))
  })
}

export const FastapiLint = async ({ directory }) => ({
  "tool.execute.after": async (call, result) => {
    if (!EDITS.has(call.tool)) return
    const args = call.args ?? {}
    const answer = await ask(
      {
        session_id: call.sessionID,
        cwd: directory,
        hook_event_name: "PostToolUse",
        tool_name: call.tool,
        tool_input: { ...args, command: args.patchText },
      },
      directory,
    )
    try {
      const context = JSON.parse(answer).hookSpecificOutput?.additionalContext
      if (context) result.output += `\n\n${context}`
    } catch {
      // No answer: there is nothing to tell.
    }
  },
})
