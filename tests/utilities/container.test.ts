import { describe, expect, it } from "vitest";
import type { World } from "../../src/utilities/world.ts";
import { requestsOf } from "../requests.ts";

const cases: readonly (readonly [line: string, ...requests: string[]])[] = [
  // Looking
  ["docker ps -a", "read local"],
  ["docker", "read local"],
  ["docker --version", "read local"],
  ["docker logs -f --tail 20 web", "read local"],
  ["docker inspect -f '{{.State.Status}}' $id", "read local"],
  ["docker image ls", "read local"],
  ["docker system df", "read local"],
  ["docker network ls", "read local"],
  ["docker compose -f a.yml ps", "read local"],
  ["docker compose -f a.yml --dry-run up -d", "read local"],
  ["docker compose up --help", "read local"],
  ["docker compose config", "read local"],
  ["docker build --check .", "read local"],
  ["docker swarm join-token worker", "read local"],
  ["docker cp web:/var/log/app.log -", "read local"],
  ["ssh h 'docker ps'", "read h"],
  ["ssh h 'sudo docker logs --tail 20 web 2>&1 | grep -i error'", "read h"],
  ["ssh h 'docker-compose logs -f frontend'", "read h"],
  ["ssh h docker stats --no-stream", "read h"],
  ["ssh h 'podman ps'", "read h"],
  ["ssh h 'docker exec redis redis-cli ping'", "read h"],
  // Containers
  ["docker restart web db", "container local (web)", "container local (db)"],
  ["docker stop -t 5 web", "container local (web)"],
  ["docker rm -f web", "container local (web)"],
  ["docker run -d --name web -p 80:80 nginx", "container local (web)"],
  ["docker run -d --restart unless-stopped -v data:/data redis/redis-stack:latest", "container local (redis/redis-stack:latest)"],
  ["docker run --rm alpine sh -c 'echo x > /y'", "container local (alpine)", "write local:/y"],
  ["docker container prune -f", "container local"],
  ["docker system prune -af", "container local"],
  ["docker network rm web", "container local (web)"],
  ["docker build -t app:1 -f Dockerfile .", "container local (app:1)"],
  ["docker buildx build --push -t app .", "container local (app)"],
  ["docker image rm app", "container local (app)"],
  ["docker swarm join-token --rotate worker", "container local"],
  ["docker frobnicate web", "container local (web)"],
  ["ssh h 'docker restart web'", "container h (web)"],
  ["ssh h 'docker stop redis 2>/dev/null || true'", "container h (redis)"],
  ["ssh h 'docker pull redis:7'", "container h (redis:7)"],
  // Compose
  ["docker compose up -d", "container local"],
  ["docker compose -f a.yml -p x up -d web", "container local (web)"],
  ["docker-compose -f docker-compose.prod.yml --env-file .env up -d", "container local"],
  ['ssh h "cd /x && docker-compose restart frontend"', "container h (frontend)"],
  ["ssh h 'docker compose down -v'", "container h"],
  ["ssh h 'docker compose build --no-cache api'", "container h (api)"],
  ["podman-compose up -d", "container local"],
  // The engine elsewhere
  ["docker -H ssh://h ps", "read h"],
  ["docker -H ssh://u@h restart web", "container h (web)"],
  ["docker --host=tcp://10.0.0.9:2375 rm web", "container 10.0.0.9 (web)"],
  ["docker -H 10.0.0.9:2375 rm web", "container 10.0.0.9 (web)"],
  ["docker -H unix:///var/run/docker.sock rm web", "container local (web)"],
  ["docker -H tcp://localhost:2375 rm web", "container local (web)"],
  ["DOCKER_HOST=ssh://u@h docker compose up -d", "container h"],
  ["export DOCKER_HOST=ssh://u@h; docker-compose up -d", "container h"],
  ["DOCKER_HOST= docker rm web", "container local (web)"],
  ["DOCKER_HOST=ssh://u@h docker -H unix:///run/d.sock rm web", "container local (web)"],
  ["docker --context prod restart web", "container prod (web)"],
  ["docker -H=ssh://h rm web", "container h (web)"],
  ["docker --context prod context ls", "read local"],
  ["docker -c default restart web", "container local (web)"],
  ["DOCKER_CONTEXT=prod docker restart web", "container prod (web)"],
  ["DOCKER_HOST=ssh://h docker -c default restart web", "container h (web)"],
  ["DOCKER_HOST=ssh://h DOCKER_CONTEXT=prod docker restart web", "container h (web)"],
  ["DOCKER_HOST=ssh://h docker --context prod restart web", "container prod (web)"],
  ["docker --context= restart web", "container local (web)"],
  ["lazydocker", "container local"],
  ["DOCKER_HOST=ssh://h lazydocker", "container h"],
  ["docker-compose -H ssh://h up -d", "container h"],
  ["docker-compose --context prod ps", "read prod"],
  ["docker -H ssh://$vm ps", "read $vm"],
  ["docker -H ssh://$vm restart web", "container $vm (web)"],
  ["podman --url ssh://u@h:22/run/podman.sock rm web", "container h (web)"],
  ["podman --remote rm web", "container an unknown host (web)"],
  ["podman -c prod ps", "read prod"],
  // Inside a container
  ["docker exec web cat /etc/hosts", "read local"],
  ["ssh h 'docker exec -it web bash'", "session h (web)"],
  ["docker exec -it web /bin/sh", "session local (web)"],
  ["ssh h 'docker compose exec web sh'", "session h (web)"],
  ["ssh h 'docker exec web sed -i s/a/b/ /etc/app.conf'", "write h:/etc/app.conf"],
  ["ssh h \"docker exec web sh -c 'echo x > /etc/y'\"", "write h:/etc/y"],
  ["docker -H ssh://h exec -u root web rm /etc/x", "write h:/etc/x"],
  ["docker compose exec -T web rm /etc/x", "write local:/etc/x"],
  ["docker compose run --rm web rm /etc/x", "container local (web)", "write local:/etc/x"],
  ["docker run --entrypoint rm alpine /etc/x", "container local (alpine)", "write local:/etc/x"],
  ["ssh h 'docker exec $c rm /etc/x'", "write h:/etc/x"],
  ["ssh h 'docker exec \"$c\" rm /etc/x'", "write h:/etc/x"],
  ["ssh h 'docker exec $OPTS web rm /etc/x'", "write h:/etc/x"],
  ["ssh h 'docker exec -it $c bash'", "session h ($c)"],
  ["ssh h 'docker cp $file web:/etc/x'", "write h:/etc/x"],
  ["docker exec web $CMD", "unknown the command is `$CMD`"],
  ["ssh h 'docker attach web'", "session h (web)"],
  // Files
  ["ssh h 'docker cp f web:/etc/app.conf'", "write h:/etc/app.conf"],
  ["docker -H ssh://h cp f web:/etc/app.conf", "write h:/etc/app.conf"],
  ["docker -H ssh://h cp web:/etc/app.conf /tmp/f", "write local:/tmp/f"],
  ["docker -H ssh://h save -o /tmp/i.tar app", "write local:/tmp/i.tar"],
  ["docker save app", "read local"],
  ["docker context ls", "read local"],
  ["docker context use prod", "write local:~/.docker/config.json"],
  ["ssh h docker login -u x", "write h:~/.docker/config.json"],
  ["docker run --rm -e DOCKER_HOST=ssh://h docker:cli docker rm web", "container local (docker:cli)", "container h (web)"],
  // What the text does not tell
  ["docker $CMD", "unknown its subcommand is `$CMD`"],
  ['docker "$action" web', "unknown its subcommand is `$action`"],
  ["docker $OPTS ps", "read local"],
  // Other engines
  ["nerdctl -n k8s.io ps", "read local"],
  ["nerdctl rm web", "container local (web)"],
  ["buildah containers", "read local"],
  ["buildah bud -t app .", "container local (app)"],
  ["skopeo inspect docker://x", "read local"],
  ["skopeo copy docker://x docker://y", "container local (docker://x)", "container local (docker://y)"],
  ["ctr -n k8s.io images ls", "read local"],
  ["ctr images rm x", "container local (x)"],
  ["crictl ps -a", "read local"],
  ["crictl exec -it c sh", "session local (c)"],
  ["crictl rmp p", "container local (p)"],
  // Mentions
  ["echo docker rm web", "read local"],
];

describe("container engines", () => {
  it.each(cases)("%s", (line, ...expected) => {
    expect(requestsOf(line)).toEqual(expected);
  });
});

/** Contexts and their engines; directories of configuration and the context that is current in each. */
const engines: Readonly<Record<string, string>> = {
  default: "unix:///var/run/docker.sock",
  prod: "ssh://u@h",
  tcp: "tcp://10.0.0.9:2376",
  colima: "unix:///home/u/.colima/docker.sock",
  tunnel: "ssh://u@localhost:2222",
};

function using(current: string, directories: Readonly<Record<string, string>> = {}): Pick<World, "dockerEndpoint"> {
  return { dockerEndpoint: (context, config) => engines[context ?? (config === undefined ? current : (directories[config] ?? "default"))] };
}

const configurations: readonly (readonly [world: Pick<World, "dockerEndpoint">, line: string, ...requests: string[]])[] = [
  // The current context
  [using("prod"), "docker ps", "read h"],
  [using("prod"), "docker restart web", "container h (web)"],
  [using("prod"), "docker compose up -d", "container h"],
  [using("prod"), "docker-compose up -d", "container h"],
  [using("prod"), "docker exec web rm /etc/x", "write h:/etc/x"],
  [using("prod"), "docker exec -it web bash", "session h (web)"],
  [using("prod"), "docker cp web:/etc/x /tmp/x", "write local:/tmp/x"],
  [using("prod"), "lazydocker", "container h"],
  [using("tcp"), "docker rm web", "container 10.0.0.9 (web)"],
  [using("tunnel"), "docker rm web", "container localhost (web)"],
  [using("default"), "docker restart web", "container local (web)"],
  [using("colima"), "docker restart web", "container local (web)"],
  [using("gone"), "docker restart web", "container local (web)"],
  // Options and variables come first
  [using("prod"), "docker -H unix:///var/run/docker.sock restart web", "container local (web)"],
  [using("prod"), "docker --context default restart web", "container local (web)"],
  [using("prod"), "docker --context colima restart web", "container local (web)"],
  [using("prod"), "DOCKER_CONTEXT=default docker restart web", "container local (web)"],
  [using("prod"), "DOCKER_HOST=tcp://localhost:2375 docker restart web", "container local (web)"],
  [using("default"), "docker --context tcp restart web", "container 10.0.0.9 (web)"],
  [using("default"), "DOCKER_CONTEXT=tcp docker restart web", "container 10.0.0.9 (web)"],
  [using("default"), "docker --context gone restart web", "container gone (web)"],
  [using("default"), 'docker --context "$c" restart web', "container $c (web)"],
  // Other directories
  [using("prod"), "docker --config /w/empty restart web", "container local (web)"],
  [using("default", { "/w/c": "prod" }), "docker --config c restart web", "container h (web)"],
  [using("default", { "/w/c": "prod" }), "export DOCKER_CONFIG=/w/c; docker restart web", "container h (web)"],
  // Changed by the line itself
  [using("default"), "docker context use prod && docker restart web", "write local:~/.docker/config.json", "container h (web)"],
  [using("default"), "docker context use $c; docker compose up -d", "write local:~/.docker/config.json", "container $c"],
  [using("prod"), "docker context use default; docker restart web", "write local:~/.docker/config.json", "container local (web)"],
  [using("default"), "docker restart web; docker context use prod", "container local (web)", "write local:~/.docker/config.json"],
  [using("default"), "docker context use prod; docker -c default restart web", "write local:~/.docker/config.json", "container local (web)"],
  [using("default"), "docker context rm prod; docker restart web", "write local:~/.docker/config.json", "container local (web)"],
  // Another host, and a container, have a configuration of their own
  [using("prod"), "ssh x docker restart web", "container x (web)"],
  [using("prod"), "docker -c default exec c docker restart web", "container local (web)"],
  [using("default"), "ssh x docker context use prod; docker restart web", "write x:~/.docker/config.json", "container local (web)"],
  // Other engines do not read it
  [using("prod"), "podman restart web", "container local (web)"],
  [using("prod"), "nerdctl rm web", "container local (web)"],
];

describe("engines that docker's configuration names", () => {
  it.each(configurations.map(([world, line, ...expected]) => [line, world, expected] as const))("%s", (line, world, expected) => {
    expect(requestsOf(line, { world, cwd: "/w" })).toEqual(expected);
  });

  it("an engine's ssh alias is the host that ssh's configuration says", () => {
    const world = { ...using("prod"), sshConfiguration: () => ({ hostname: "127.0.0.1" }) };
    expect(requestsOf("docker restart web", { world })).toEqual(["container local (web)"]);
  });
});
