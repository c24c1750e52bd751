// The plugins that are packed, file by file, from the same definitions as an installation. They name `autobotctl` as PATH has it, because
// agents copy plugins elsewhere.
import { opencodePlugin, piExtension } from "./adapters.ts";
import { claudeHook, claudeServer } from "./agents.ts";

/** Paths below plugins/ → texts. */
export function pluginFiles(version: string): Readonly<Record<string, string>> {
  const program = "autobotctl";
  return {
    "claude/.claude-plugin/plugin.json": json({
      name: "autobot-sh",
      version,
      description: "Judges shell commands before they run: servers are changed through sync scripts and playbooks, never by hand",
      author: { name: "autobot-sh" },
      license: "MIT",
    }),
    "claude/hooks/hooks.json": json({ hooks: { PreToolUse: [claudeHook(program)] } }),
    "claude/.mcp.json": json({ mcpServers: { autobot: claudeServer(program) } }),
    "claude/skills/change-a-server/SKILL.md": skill,
    "opencode/autobot-sh.js": opencodePlugin(JSON.stringify(program)),
    "pi/autobot-sh.js": piExtension(JSON.stringify(program)),
  };
}

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

const skill = `---
name: change-a-server
description: How to change code, configuration, services or containers on a server of the fleet. Use before any ssh, scp, rsync or docker command that would change something on another host, and after autobot-sh has refused one.
---

# Change a server

Servers are never changed by hand: the next deploy would overwrite it, and nobody would have reviewed it. autobot-sh refuses such
commands, in every spelling. A refusal is final; it names the command to run instead.

1. **Edit** the file in this repository. A server's file has its counterpart here; the refusal names it.
2. **Test** here.
3. **Sync** or deploy with the repository's own script or playbook. The refusal names the one for that file, with its arguments.
4. **Verify** on the server, reading only: \`sha256sum\`, \`cat\`, \`systemctl status\`, \`docker ps\`, \`docker logs\`, \`journalctl\`, \`curl\`.

- To know beforehand: \`autobotctl check 'COMMAND'\`, which runs nothing; or the tool \`check\` of the server \`autobot\`.
- Reading a server, dry runs and copies *from* it need no detour.
- Where no script or playbook serves, stop and tell the user what is missing. Do not look for another way in.
`;
