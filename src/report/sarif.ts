// What a scan found → the Static Analysis Results Interchange Format (SARIF 2.1.0, OASIS 2020), which code hosts show beside the code.
import { messageOf, type PlacedFinding, type ScanReport } from "./finding.ts";
import { oneLine } from "./mask.ts";

const schema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

type Suppression = { readonly kind: "inSource" | "external" };

/** What a comment or the baseline exempts is there as suppressed (3.35), so that nobody has to look for it. */
export function sarif(report: ScanReport, version: string): unknown {
  const all = [
    ...report.findings.map((placed) => ({ placed, suppressions: [] as readonly Suppression[] })),
    ...report.ignored.map((placed) => ({ placed, suppressions: [{ kind: "inSource" }] as const })),
    ...report.known.map((placed) => ({ placed, suppressions: [{ kind: "external" }] as const })),
  ];
  const reasons = new Map(all.map(({ placed: { finding } }) => [finding.rule, finding.reason]));
  const ids = [...reasons.keys()].sort();
  return {
    $schema: schema,
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "autobot-sh",
            semanticVersion: version,
            rules: ids.map((id) => ({ id, shortDescription: { text: reasons.get(id) ?? id }, defaultConfiguration: { level: "error" } })),
          },
        },
        // 3.14.17: what an Excerpt counts.
        columnKind: "utf16CodeUnits",
        invocations: [
          {
            executionSuccessful: true,
            toolExecutionNotifications: report.skipped.map(({ file, why }) => ({
              level: "warning",
              message: { text: `not looked at: ${oneLine(why)}` },
              locations: [{ physicalLocation: { artifactLocation: artifact(file) } }],
            })),
          },
        ],
        results: all.map(({ placed, suppressions }) => result(placed, suppressions, ids, report)),
      },
    ],
  };
}

function result({ finding, place, fingerprint }: PlacedFinding, suppressions: readonly Suppression[], ids: readonly string[], report: ScanReport): unknown {
  const commands = finding.advice.flatMap(({ run }) => run ?? []);
  const instead = commands.length === 0 ? "" : `\nInstead: ${commands.join("; ")}`;
  return {
    ruleId: finding.rule,
    ruleIndex: ids.indexOf(finding.rule),
    level: "error",
    message: { text: `${messageOf(finding, report.policies)}\n${finding.reason}${instead}` },
    locations: [
      {
        physicalLocation: {
          artifactLocation: artifact(place.file),
          region: { startLine: place.line, startColumn: place.column, endLine: place.endLine, endColumn: place.endColumn },
        },
      },
    ],
    partialFingerprints: { "autobotSh/v1": fingerprint },
    ...(suppressions.length > 0 ? { suppressions } : {}),
  };
}

/** 3.4.3: a URI; below the directory that was scanned from, relative to it. */
function artifact(file: string): unknown {
  const uri = file.split("/").map(encodeURIComponent).join("/");
  return file.startsWith("/") ? { uri: `file://${uri}` } : { uri, uriBaseId: "%SRCROOT%" };
}
