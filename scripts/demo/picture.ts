// What is seen on a terminal → an SVG image: text that can be searched and read aloud, in the reader's own fonts and light or dark.
import { columns, type Line, type Run } from "./screen.ts";

const cell = { width: 8.4, height: 18 } as const;
const margin = 16;

/** Contrast with its ground is 4.5 to 1 and more (WCAG 2.2, 1.4.3). */
const looks = {
  light: { ground: "#ffffff", frame: "#d0d7de", text: "#1f2328", colors: ["#24292f", "#cf222e", "#116329", "#7d4e00", "#0969da", "#8250df", "#1b7c83", "#57606a"] },
  dark: { ground: "#0d1117", frame: "#30363d", text: "#e6edf3", colors: ["#8b949e", "#ff7b72", "#3fb950", "#d29922", "#58a6ff", "#bc8cff", "#39c5cf", "#b1bac4"] },
} as const;

/** Ends in a newline. The same lines give the same text. */
export function picture(title: string, lines: readonly Line[]): string {
  const width = Math.ceil(columns * cell.width) + 2 * margin;
  const height = lines.length * cell.height + 2 * margin;
  const body = lines.flatMap((line, index) => (line.length === 0 ? [] : [row(line, margin + index * cell.height + 13)]));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
<title>${escaped(title)}</title>
<style>
text { font: 14px ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace }
.b { font-weight: bold } .d { opacity: .65 }
${style("light")}
@media (prefers-color-scheme: dark) {
${style("dark")}
}
</style>
<rect class="ground" x=".5" y=".5" width="${width - 1}" height="${height - 1}" rx="8"/>
${body.join("\n")}
</svg>
`;
}

function style(name: keyof typeof looks): string {
  const { ground, frame, text, colors } = looks[name];
  return [`.ground { fill: ${ground}; stroke: ${frame} } text { fill: ${text} }`, colors.map((color, index) => `.c${index} { fill: ${color} }`).join(" ")].join("\n");
}

/** Each piece has the width of its cells, whatever font there is. Blanks of more than one, which SVG would join, part pieces. */
function row(line: Line, y: number): string {
  let column = 0;
  const pieces = line.flatMap((run) =>
    run.text.split(/( {2,}|^ | $)/).map((text) => {
      const x = margin + column * cell.width;
      column += [...text].length;
      return text.trim() === "" ? "" : piece(text, x, run);
    }),
  );
  return `<text y="${y}">${pieces.join("")}</text>`;
}

function piece(text: string, x: number, { color, bold, dim }: Run): string {
  const classes = [...(color === undefined ? [] : [`c${color % 8}`]), ...(bold ? ["b"] : []), ...(dim ? ["d"] : [])];
  const look = classes.length === 0 ? "" : ` class="${classes.join(" ")}"`;
  return `<tspan${look} x="${round(x)}" textLength="${round([...text].length * cell.width)}" lengthAdjust="spacingAndGlyphs">${escaped(text)}</tspan>`;
}

function round(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
