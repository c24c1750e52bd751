// What the demonstration shows: a line that a person types, and what they do about the refusal. Each in the fleet of tests/fleet/.
import type { Name } from "../../tests/fleet/fleet.ts";

export interface Scene {
  /** Of its picture, where it has one: `docs/pictures/NAME.svg`. */
  readonly picture?: string;
  readonly title: string;
  /** Done behind everybody's back, before. */
  readonly before?: { readonly on: Name; readonly command: readonly string[] };
  readonly steps: readonly Step[];
}

export type Step =
  | { readonly type: string }
  /** Everything that the refusal before it suggests, in its order. `keys`: for the editor, when it is there. */
  | { readonly advised: true; readonly keys?: string };

const app = "/home/autobot/app.py";

export const scenes: readonly Scene[] = [
  {
    picture: "refusal",
    title: "an edit on a server is refused, and what is advised instead works",
    steps: [{ type: 'ssh autobot@172.16.168.21 "vim autobot-vue/src/components/chat.vue"' }, { advised: true, keys: ":%s/Hello/Welcome/\r:wq\r" }],
  },
  {
    title: "Redis' configuration, by its playbook",
    steps: [{ type: "ssh autobot@172.16.168.23 \"sudo sed -i 's/256mb/512mb/' /etc/redis/redis.conf\"" }, { advised: true }],
  },
  {
    title: "the backend, by the sync script",
    steps: [{ type: `scp -i ~/.ssh/autobot_key app.py autobot@172.16.168.24:${app}` }, { type: "echo 'PORT = 8443' >> app.py" }, { advised: true }],
  },
  {
    title: "containers, by the playbook of the infrastructure",
    // There are no containers on these servers, and so no `docker ps` to look at in the end.
    steps: [
      { type: 'ssh autobot@172.16.168.24 "docker-compose up -d"' },
      { type: "sed -i s/redis:7.2/redis:7.4/ docker-compose.yml" },
      { type: "ansible-playbook -i ansible/inventory ansible/playbooks/deploy-infrastructure.yml" },
      { type: "autobotctl verify ai-stack docker-compose.yml" },
    ],
  },
  {
    picture: "verify",
    title: "what somebody has changed by hand is found, and undone",
    before: { on: "ai-stack", command: ["sh", "-c", `echo 'DEBUG = False' >>${app}`] },
    steps: [
      { type: "autobotctl verify ai-stack --diff app.py backend" },
      { type: `./scripts/utilities/sync-to-vm.sh ai-stack app.py ${app}` },
      { type: "autobotctl verify ai-stack app.py backend" },
    ],
  },
];
