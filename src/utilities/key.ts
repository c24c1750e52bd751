// Utilities for keys, certificates and passwords: which files they write; the rest of what they do looks.
import type { Descriptor } from "../policy/descriptor.ts";
import { known, textWord, type Word } from "../syntax/word.ts";
import { fromDescriptor, holds } from "./descriptor.ts";
import { write, writes } from "./effect.ts";
import { concatenated } from "./path-word.ts";
import type { Effect, Invocation, Utility } from "./utility.ts";

const keyring = textWord("~/.gnupg");

/** gpg(1): output files, and commands that change the keyring. */
const gpg: Utility = {
  names: ["gpg", "gpg2", "gpgsm"],
  grammar: {
    short: "o:r:u:R:c",
    long: "output= recipient= local-user= homedir= passphrase= passphrase-file= passphrase-fd= keyserver= keyring= default-key= status-fd= batch-size= compress-algo= cipher-algo= digest-algo= pinentry-mode= trust-model= hidden-recipient= set-filename= options= keyserver-options= import-options= export-options= list-options= verify-options= command-fd= logger-fd= logger-file=".split(
      " ",
    ),
  },
  effects: (invocation) => {
    const { arguments: given } = invocation;
    const output = writes(given.all("-o", "--output").filter((file) => known(file) !== "-"));
    const keys =
      "--import --fast-import --gen-key --generate-key --full-generate-key --full-gen-key --quick-generate-key --quick-gen-key --quick-add-key --delete-keys --delete-key --delete-secret-keys --delete-secret-key --delete-secret-and-public-key --sign-key --lsign-key --quick-sign-key --edit-key --recv-keys --receive-keys --refresh-keys --import-ownertrust --clear-trustdb".split(
        " ",
      );
    const changed =
      given.has(...keys) || holds({ option: ["--import"] }, invocation)
        ? write(given.argument("--keyring") ?? given.argument("--homedir") ?? keyring, { note: "changes the keyring" })
        : [];
    return [...output, ...changed, ...(output.length > 0 ? [] : beside(invocation))];
  },
};

/** Without `-o`, encryption and signatures land beside the file. */
function beside(invocation: Invocation): readonly Effect[] {
  const { arguments: given } = invocation;
  const ending = given.has("-b", "--detach-sign")
    ? ".sig"
    : given.has("-e", "--encrypt", "-c", "--symmetric", "-s", "--sign")
      ? ".gpg"
      : given.has("--clearsign", "--clear-sign")
        ? ".asc"
        : undefined;
  const [file] = given.operands;
  return ending === undefined || file === undefined ? [] : write(concatenated(file, textWord(ending)), { word: file });
}

/** openssl(1): `-out`, `-keyout` and other outputs of its subcommands. */
const openssl: Utility = {
  names: ["openssl"],
  grammar: {
    singleDash: true,
    long: "in= out= keyout= inform= outform= subj= days= newkey= config= extensions= extfile= addext= CA= CAkey= CAserial= CAfile= CApath= pass= passin= passout= key= cert= certfile= inkey= name= sigfile= signature= sign= verify= prverify= connect= servername= starttls= keyform= rand= writerand= set_serial= serial= md= kfile= k= S= iv= K= sha= startdate= enddate= infiles= outdir= chain= untrusted= purpose= cipher= recip= signer= content= host= port= url= issuer= respout= reqout= crl= crldays= policy= status= sess_out= keylogfile= msgfile= paramfile= algorithm= pkeyopt=".split(
      " ",
    ),
  },
  effects: ({ arguments: given }) => {
    const outputs = given.all("-out", "--out", "-keyout", "--keyout", "-outdir", "-writerand", "-respout", "-reqout", "-sess_out", "-keylogfile", "-sigout");
    const serial = known(given.operands[0]) === "x509" && given.has("-CAcreateserial") ? writes(given.all("-CAserial")) : [];
    return [...writes(outputs, { note: "writes a key or certificate" }), ...serial];
  },
};

const sshDirectory = "~/.ssh";

/** ssh-keygen(1): by default it makes a key; other modes look, or change the files that they name. */
const sshKeygen: Utility = {
  names: ["ssh-keygen"],
  grammar: { short: "a:b:C:D:E:f:F:I:J:j:K:m:M:n:N:O:P:r:R:s:S:t:T:V:w:W:Y:z:Z:" },
  effects: (invocation) => {
    const { arguments: given } = invocation;
    const file = given.argument("-f");
    if (given.has("-R", "-H")) return write(file ?? textWord(`${sshDirectory}/known_hosts`), { existing: true, note: "changes the known hosts" });
    if (given.has("-l", "-y", "-B", "-F", "-L", "-e", "-i", "-D", "-r", "-Q", "-?")) return [];
    if (given.has("-Y")) return known(given.argument("-Y")) === "sign" ? signatures(given.operands) : [];
    if (given.has("-s")) return writes(given.operands, { note: "signs it" });
    if (given.has("-p", "-c")) return write(file ?? defaultKey(invocation), { existing: true, note: "changes the key" });
    if (given.has("-A")) return write(textWord("/etc/ssh"), { note: "makes the host's keys" });
    if (given.has("-M", "-k")) return writes([...given.all("-f"), ...given.operands]);
    const key = file ?? defaultKey(invocation);
    return [...write(key, { note: "makes a key" }), ...write(concatenated(key, textWord(".pub")), { word: key, note: "makes a key" })];
  },
};

function signatures(files: readonly Word[]): readonly Effect[] {
  return files.flatMap((file) => write(concatenated(file, textWord(".sig")), { word: file }));
}

function defaultKey({ arguments: given }: Invocation): Word {
  return textWord(`${sshDirectory}/id_${known(given.argument("-t")) ?? "ed25519"}`);
}

/** htpasswd(1): the file is the first operand; `-n` prints. */
const htpasswd: Utility = {
  names: ["htpasswd", "htdigest"],
  grammar: { short: "C:r:" },
  effects: ({ arguments: given }) => (given.has("-n", "-v") ? [] : given.operands.slice(0, 1).flatMap((file) => write(file, { note: "changes its passwords" }))),
};

const others = (
  [
    {
      names: ["keytool"],
      options: {
        singleDash: true,
        long: "keystore= storepass= alias= keyalg= keysize= validity= dname= file= destkeystore= srckeystore= deststorepass= srcstorepass= storetype= deststoretype= srcstoretype= keypass= ext= sigalg=".split(
          " ",
        ),
      },
      effects: [
        {
          when: { option: ["-genkeypair", "-genkey", "-importcert", "-import", "-importkeystore", "-delete", "-changealias", "-storepasswd", "-keypasswd", "-genseckey"] },
          action: "write",
          path: { option: ["-destkeystore", "-keystore"] },
          note: "changes the key store",
        },
        { when: { option: ["-exportcert", "-export", "-certreq"] }, action: "write", path: { option: ["-file"] } },
      ],
    },
    {
      names: ["age", "age-keygen", "minisign"],
      options: { short: "o:r:i:R:s:x:", long: ["output=", "recipient=", "identity="] },
      effects: [{ when: { option: ["-o", "--output"] }, action: "write", path: { option: ["-o", "--output"] } }],
    },
    { names: ["ssh-add", "mkpasswd", "pwgen", "apg", "pwqgen", "gpgv", "gpg-agent", "gpgconf", "gpg-connect-agent", "certtool", "p11tool", "xkcdpass", "systemd-ask-password"] },
  ] satisfies readonly Descriptor[]
).map(fromDescriptor);

export const utilities: readonly Utility[] = [gpg, openssl, sshKeygen, htpasswd, ...others];
