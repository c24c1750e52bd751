import { judged, judgedHere } from "./placed.ts";

judged("sed prints", [
  ["sed s/a/b/ /f", "read local"],
  ["sed -n 5p /f", "read local"],
  ["sed -n '/a/,/b/p' /f", "read local"],
  ["sed -e s/a/b/ -e 's/w x/y/' /f", "read local"],
  ["sed 's/in-place -i/w/' /f", "read local"],
  ["sed 's/a/w/g;y/ew/we/' /f", "read local"],
  ["sed '/w/d;/e/!s|/w|/e|' /f", "read local"],
  ["sed 'a\\\nw /x' /f", "read local"],
  ["sed ':a;N;$!ba;s/\\n/ /g' /f", "read local"],
  ["sed -E 's/[we/]+/x/' /f", "read local"],
  ['sed "s/$A/$B/" /f', "read local"],
  ["sed -n 'w /dev/stdout' /f", "read local"],
  ["sed -r 's/^ *w.*//' /f", "read local"],
]);

judged("sed edits in place", [
  ["sed -i s/a/b/ /f g", "write local:/f", "write local:/w/g"],
  ["sed -i.bak s/a/b/ /f", "write local:/f"],
  ["sed -ni s/a/b/p /f", "write local:/f"],
  ["sed -ie s/a/b/ /f", "write local:/f"],
  ["sed -i -e s/a/b/ /f", "write local:/f"],
  ["sed -i '' s/a/b/ /f", "write local:/f"],
  ["sed --in-place=.bak s/a/b/ /f", "write local:/f"],
  ["sed --in-pl s/a/b/ /f", "write local:/f"],
  ["sed s/a/b/ /f -i", "write local:/f"],
  ["sed -Ei --follow-symlinks s/a/b/ /f", "write local:/f"],
  ['sed -i "s/x/$Y/" "$FILE"', "write local:$FILE"],
  ["gsed -i 5d /f", "write local:/f"],
]);

judged("sed scripts that write or run", [
  ["sed -n 'w /x' /f", "write local:/x"],
  ["sed '/a/w /x' /f", "write local:/x"],
  ["sed 's/a/b/w /x' /f", "write local:/x"],
  ["sed 's/[/]/b/gw /x' /f", "write local:/x"],
  ["sed 's,a,b,w /x' /f", "write local:/x"],
  ["sed '1!{s/a/b/;W /x\n}' /f", "write local:/x"],
  ["sed '\\%a%w /x' /f", "write local:/x"],
  ["sed '1e rm /x' /f", "write local:/x"],
  ["sed 's/.*/rm &/e' /f", "unknown sed runs what it substitutes"],
  ["sed e /f", "unknown sed runs the lines it reads"],
]);

judgedHere(
  "sed script files that can be read",
  [
    ["sed -f /s /f", "write local:/x"],
    ["sed -f /none /f", "read local"],
  ],
  { "/s": "s/a/b/\nw /x\n" },
);
