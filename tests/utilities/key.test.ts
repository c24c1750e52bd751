import { judged } from "./placed.ts";

judged("keys and certificates are looked at", [
  ["openssl x509 -in /c -noout -subject -dates", "read local"],
  ["openssl verify -CAfile /ca /c", "read local"],
  ["openssl s_client -connect m:443", "read local"],
  ["openssl rand -hex 32", "read local"],
  ["openssl version", "read local"],
  ["ssh-keygen -lf /k", "read local"],
  ["ssh-keygen -y -f /k", "read local"],
  ["ssh-keygen -F m", "read local"],
  ["gpg --verify /f.sig /f", "read local"],
  ["gpg --list-keys", "read local"],
  ["gpg -d /f.gpg", "read local"],
  ["gpg --dearmor", "read local"],
  ["htpasswd -nb u p", "read local"],
  ["keytool -list -keystore /k", "read local"],
  ["ssh-add -l", "read local"],
]);

judged("keys and certificates are made", [
  ["openssl req -x509 -nodes -newkey rsa:2048 -keyout /k -out /c -subj /CN=m", "write local:/k", "write local:/c"],
  ["openssl genrsa -out /k 4096", "write local:/k"],
  ["openssl x509 -req -in /csr -CA /ca -CAkey /cak -CAcreateserial -out /c", "write local:/c"],
  ["ssh-keygen -t rsa -b 4096 -f /k -N '' -q", "write local:/k", "write local:/k.pub"],
  ["ssh-keygen -t ed25519", "write local:~/.ssh/id_ed25519", "write local:~/.ssh/id_ed25519.pub"],
  ["ssh-keygen -R m", "write local:~/.ssh/known_hosts"],
  ["ssh-keygen -p -f /k", "write local:/k"],
  ["gpg --dearmor -o /k.gpg", "write local:/k.gpg"],
  ["gpg --import /k", "write local:~/.gnupg"],
  ["gpg -c /f", "write local:/f.gpg"],
  ["gpg --yes -o /out -d /f.gpg", "write local:/out"],
  ["htpasswd -cb /p u x", "write local:/p"],
  ["keytool -genkeypair -alias a -keystore /k", "write local:/k"],
]);
