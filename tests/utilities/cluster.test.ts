import { describe, expect, it } from "vitest";
import type { World } from "../../src/utilities/world.ts";
import { requestsOf } from "../requests.ts";

const cases: readonly (readonly [line: string, ...requests: string[]])[] = [
  ["kubectl get pods -l app=x", "read an unknown host"],
  ["kubectl --context prod get pods -o yaml", "read prod"],
  ["kubectl logs -f web --context prod", "read prod"],
  ["kubectl --context prod describe pod web", "read prod"],
  ["kubectl --context prod rollout status deployment/web", "read prod"],
  ["kubectl --context prod apply -f k8s/app.yaml --dry-run=server", "read prod"],
  ["kubectl --context prod auth can-i delete pods", "read prod"],
  ["kubectl config get-contexts", "read local"],
  ["ssh h kubectl --context prod top nodes", "read prod"],
  ["kubectl --context prod apply -f k8s/app.yaml", "container prod (k8s/app.yaml)"],
  ["kubectl apply -f k8s/app.yaml", "container an unknown host (k8s/app.yaml)"],
  ["kubectl delete pod web --context=prod", "container prod (pod web)"],
  ["kubectl --context prod apply -f x --dry-run=none", "container prod (x)"],
  ["kubectl --context prod edit deployment/web", "edit prod (deployment/web)", "container prod (deployment/web)"],
  ["kubectl --context prod scale deployment web --replicas=3", "container prod (deployment web)"],
  ["kubectl rollout restart deployment/web --context prod", "container prod (deployment/web)"],
  ["kubectl rollout undo deployment/web --context prod", "container prod (deployment/web)"],
  ["kubectl --context prod set image deployment/web web=web:2", "container prod (deployment/web web=web:2)"],
  ["kubectl --context kind-dev apply -f x", "container local (x)"],
  ["kubectl --server https://10.0.0.9:6443 delete pod web", "container 10.0.0.9 (pod web)"],
  ["kubectl -s 10.0.0.9:6443 --context minikube delete pod web", "container 10.0.0.9 (pod web)"],
  ["kubectl --server http://localhost:8080 delete pod web", "container local (pod web)"],
  ["kubectl --cluster prod --context minikube delete pod web", "container prod (pod web)"],
  ["kubectl --context prod exec web -- cat /etc/hosts", "read prod"],
  ["kubectl --context prod exec web -c app -- rm /etc/x", "write prod:/etc/x"],
  ["kubectl --context prod exec $pod -- rm /etc/x", "write prod:/etc/x"],
  ["kubectl --context prod cp $file web:/etc/x", "write prod:/etc/x"],
  ["kubectl --context prod exec -it web -- bash", "session prod (web)"],
  ["kubectl --context prod cp f ns/web:/etc/x", "write prod:/etc/x"],
  ["kubectl --context prod cp ns/web:/etc/x /tmp/f", "write local:/tmp/f"],
  ["kubectl config use-context prod", "write local:~/.kube/config"],
  ["kubectl $verb pods", "unknown its subcommand is `$verb`"],
  ["helm list -A", "read an unknown host"],
  ["helm --kube-context prod upgrade --install web ./chart -f v.yaml", "container prod (web)"],
  ["helm --kube-context prod upgrade web ./chart --dry-run", "read prod"],
  ["helm rollback web 1 --kube-context prod", "container prod (web)", "container prod (1)"],
  ["helm template web ./chart", "read an unknown host"],
  ["helm repo update", "write local"],
  ["oc --context prod status", "read prod"],
  ["oc --context prod rsh web", "session prod (web)"],
  ["oc login https://api.x", "write local:~/.kube/config"],
  ["argocd app get web --server cd.x", "read cd.x"],
  ["argocd app sync web --server cd.x", "container cd.x (web)"],
  ["argocd app sync web --server cd.x --dry-run", "read cd.x"],
  ["flux get kustomizations --context prod", "read prod"],
  ["flux suspend kustomization web --context prod", "container prod (kustomization web)"],
  ["kustomize build overlays/prod", "read local"],
  ["kustomize edit set image web=web:2", "write local"],
  ["k9s --readonly --context prod", "read local"],
  ["k9s --context prod", "session prod"],
  ["minikube status", "read local"],
  ["minikube start", "container local"],
  ["k9s", "session an unknown host"],
  ["ssh h k3s kubectl get pods --context default", "read h"],
  ["k3s kubectl delete pod web", "container local (pod web)"],
  ["k3s kubectl --kubeconfig f delete pod web", "container an unknown host (pod web)"],
  ["ssh h k3s server", "service h (server)"],
  ["stern web", "read local"],
];

describe("clusters", () => {
  it.each(cases)("%s", (line, ...expected) => {
    expect(requestsOf(line)).toEqual(expected);
  });
});

/** Contexts and their servers; kubeconfig files and the context that is current in each. */
const servers: Readonly<Record<string, string>> = { prod: "https://10.0.0.9:6443", here: "https://127.0.0.1:40123", minikube: "https://192.168.49.2:8443" };

function configured(files: Readonly<Record<string, string | undefined>>): Pick<World, "kubernetesServer" | "home"> {
  return {
    home: "/home/u",
    kubernetesServer(named, list = "/home/u/.kube/config") {
      const context = named ?? files[list];
      if (!(list in files)) return named === undefined ? "unconfigured" : undefined;
      return context !== undefined && context in servers ? { context, url: servers[context] } : undefined;
    },
  };
}

const elsewhere = configured({ "/home/u/.kube/config": "prod", "/w/dev.yaml": "here", "/w/broken.yaml": undefined });
const local = configured({ "/home/u/.kube/config": "minikube", "/w/prod.yaml": "prod" });
const none = configured({});

const configurations: readonly (readonly [world: Pick<World, "kubernetesServer" | "home">, line: string, ...requests: string[]])[] = [
  // The current context
  [elsewhere, "kubectl get pods", "read 10.0.0.9"],
  [elsewhere, "kubectl apply -f x", "container 10.0.0.9 (x)"],
  [elsewhere, "kubectl exec web -- rm /etc/x", "write 10.0.0.9:/etc/x"],
  [elsewhere, "helm upgrade web ./chart", "container 10.0.0.9 (web)"],
  [elsewhere, "oc delete pod web", "container 10.0.0.9 (pod web)"],
  [elsewhere, "flux suspend kustomization web", "container 10.0.0.9 (kustomization web)"],
  [elsewhere, "k9s", "session 10.0.0.9"],
  [local, "kubectl apply -f x", "container local (x)"],
  [local, "kubectl exec -it web -- bash", "session local (web)"],
  [local, "helm upgrade web ./chart", "container local (web)"],
  [local, "k9s", "session local"],
  // Named ones
  [local, "kubectl --context prod apply -f x", "container 10.0.0.9 (x)"],
  [elsewhere, "kubectl --context here apply -f x", "container local (x)"],
  [elsewhere, "kubectl --context minikube apply -f x", "container local (x)"],
  [local, "kubectl --context gone apply -f x", "container gone (x)"],
  [local, "kubectl --context $c apply -f x", "container $c (x)"],
  [local, "kubectl --cluster prod apply -f x", "container prod (x)"],
  [local, "HELM_KUBECONTEXT=prod helm upgrade web ./chart", "container 10.0.0.9 (web)"],
  [local, "HELM_KUBEAPISERVER=https://10.0.0.8:6443 helm upgrade web ./chart", "container 10.0.0.8 (web)"],
  // Other files
  [elsewhere, "kubectl --kubeconfig dev.yaml apply -f x", "container local (x)"],
  [elsewhere, "KUBECONFIG=dev.yaml kubectl apply -f x", "container local (x)"],
  [elsewhere, "cd / && KUBECONFIG=w/dev.yaml kubectl apply -f x", "container local (x)"],
  [local, "export KUBECONFIG=/w/prod.yaml; kubectl apply -f x", "container 10.0.0.9 (x)"],
  [local, "KUBECONFIG=/w/prod.yaml kubectl --kubeconfig /home/u/.kube/config apply -f x", "container local (x)"],
  [local, "KUBECONFIG=$k kubectl apply -f x", "container an unknown host (x)"],
  [local, "KUBECONFIG= kubectl apply -f x", "container local (x)"],
  [local, "kubectl --kubeconfig gone.yaml apply -f x", "container an unknown host (x)"],
  [elsewhere, "kubectl --kubeconfig broken.yaml apply -f x", "container an unknown host (x)"],
  [local, "kubectl --kubeconfig <(cat prod.yaml) apply -f x", "container an unknown host (x)"],
  // No configuration at all
  [none, "kubectl apply -f x", "container local (x)"],
  [none, "kubectl get pods", "read local"],
  [none, "helm upgrade web ./chart", "container local (web)"],
  [none, "kubectl --context prod apply -f x", "container prod (x)"],
  [none, "KUBERNETES_MASTER=https://10.0.0.9:6443 kubectl apply -f x", "container 10.0.0.9 (x)"],
  [none, "KUBERNETES_SERVICE_HOST=10.96.0.1 kubectl apply -f x", "container 10.96.0.1 (x)"],
  // Changed by the line itself
  [local, "kubectl config use-context prod && kubectl apply -f x", "write local:~/.kube/config", "container 10.0.0.9 (x)"],
  [elsewhere, "kubectl config use-context here && kubectl apply -f x", "write local:~/.kube/config", "container local (x)"],
  [local, "kubectl config use-context $c && kubectl apply -f x", "write local:~/.kube/config", "container $c (x)"],
  [local, "kubectl config use-context prod && kubectl --context here apply -f x", "write local:~/.kube/config", "container local (x)"],
  [local, "kubectl config set-context --current --namespace=web && kubectl apply -f x", "write local:~/.kube/config", "container local (x)"],
  [local, "kubectl config set-context --current --cluster=c && kubectl apply -f x", "write local:~/.kube/config", "container another context (x)"],
  [local, "kubectl config set-cluster c --server=https://h && kubectl apply -f x", "write local:~/.kube/config", "container another context (x)"],
  [local, "kubectx prod && kubectl apply -f x", "write local", "container 10.0.0.9 (x)"],
  [local, "kubectx $c && kubectl apply -f x", "write local", "container $c (x)"],
  [local, "kubectx - && kubectl apply -f x", "write local", "container another context (x)"],
  [local, "kubectx a=b && kubectl apply -f x", "write local", "container local (x)"],
  [local, "kubens web && kubectl apply -f x", "write local", "container local (x)"],
  [local, "oc login https://api.x && oc apply -f x", "write local:~/.kube/config", "container another context (x)"],
  [none, "gcloud container clusters get-credentials prod && kubectl apply -f x", "write local:~/.kube/config", "container another context (x)"],
  [none, "aws eks update-kubeconfig --name prod && kubectl get pods", "write local:~/.kube/config"],
  [elsewhere, "minikube start && kubectl apply -f x", "container local", "container local (x)"],
  [elsewhere, "kind create cluster && kubectl apply -f x", "container local (cluster)", "container local (x)"],
  [elsewhere, "minikube stop && kubectl apply -f x", "container local", "container 10.0.0.9 (x)"],
  [none, "scp h:/etc/k.yaml ~/.kube/config && kubectl apply -f x", "write local:~/.kube/config", "container an unknown host (x)"],
  [none, "ssh h cat /etc/k.yaml > k.yaml; KUBECONFIG=k.yaml kubectl apply -f x", "write local:/w/k.yaml", "container an unknown host (x)"],
  [local, "sed s/a/b/ x.yaml > y.yaml; kubectl apply -f y.yaml", "write local:/w/y.yaml", "container local (y.yaml)"],
  // Another host has a configuration of its own
  [none, "ssh h kubectl apply -f x", "container h (x)"],
  [local, "ssh h kubectl get pods", "read h"],
  [local, "ssh h 'kubectl config use-context prod'; kubectl apply -f x", "write h:~/.kube/config", "container local (x)"],
  [elsewhere, "docker exec web kubectl apply -f x", "container local (x)"],
];

describe("clusters that a kubeconfig names", () => {
  it.each(configurations.map(([world, line, ...expected]) => [line, world, expected] as const))("%s", (line, world, expected) => {
    expect(requestsOf(line, { world, cwd: "/w" })).toEqual(expected);
  });
});
