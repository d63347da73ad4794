/** Lays rows out in columns as wide as their widest cell: the first to the left, the others to the right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => [...(row[column] ?? '')].length)));
  const line = (row: readonly string[]) =>
    row.map((cell, column) => pad(cell, widths[column] ?? 0, column === 0)).join('  ');
  const rule = widths.map((width) => '─'.repeat(width)).join('──');
  return [line(head), rule, ...rows.map(line)].map((text) => text.trimEnd()).join('\n');
}

function pad(cell: string, width: number, left: boolean): string {
  const space = ' '.repeat(Math.max(0, width - [...cell].length));
  return left ? `${cell}${space}` : `${space}${cell}`;
}

export const whole = (value: number): string => Math.round(value).toLocaleString('en-US');
export const times = (value: number): string => `${value.toFixed(2)} ×`;

/** An aim, and whether what was measured meets it. */
export interface Aim {
  readonly text: string;
  readonly met: boolean;
}

export const atMost = (value: number, most: number, unit = '×'): Aim => ({
  text: `≤ ${most.toLocaleString('en-US')} ${unit}`,
  met: value <= most,
});
export const atLeast = (value: number, least: number, unit: string): Aim => ({
  text: `≥ ${least.toLocaleString('en-US')} ${unit}`,
  met: value >= least,
});

export const verdict = (aim: Aim | null): string => (aim ? `${aim.text}  ${aim.met ? '✓' : '✗'}` : '');
