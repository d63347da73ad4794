import { type ColumnRule, POOLS, plain, ruleOf, type ValueColumn } from './csv-columns.ts';
import type { FileRow, ImportMapping } from './import.ts';
import type { Json } from './json.ts';
import type { Settings } from './organization.ts';

/** Under what rows are judged: the mapping that was chosen, the settings, and the rule of each column of attributes. */
export interface Judging {
  readonly mapping: ImportMapping;
  readonly settings: Settings;
  readonly columns: readonly Column[];
  /** Where the pools stand in a row; -1: nowhere. */
  readonly pools: number;
}

export interface Column {
  readonly name: ValueColumn;
  readonly index: number;
  readonly rule: ColumnRule;
}

/** What a row says in one column. */
export interface Said {
  readonly column: Column;
  /** null: the cell is blank. */
  readonly value: Json;
  /** The same as a cell, trimmed and with numbers as they are written here. */
  readonly to: string;
}

export function judgingOf(mapping: ImportMapping, settings: Settings): Judging {
  const columns = mapping.columns.flatMap((name, index) => {
    const rule = name === null || name === 'id' || name === POOLS ? null : ruleOf(name, settings);
    return rule === null ? [] : [{ name: name as ValueColumn, index, rule }];
  });
  return { mapping, settings, columns, pools: mapping.columns.indexOf(POOLS) };
}

/** What a row says, column by column. */
export function saidIn({ cells }: FileRow, { columns }: Judging): readonly Said[] {
  return columns.map((column) => {
    const cell = (cells[column.index] ?? '').trim();
    const value = cell === '' ? null : column.rule.type.valueOf(cell);
    return { column, value, to: plain(value ?? undefined) };
  });
}

/** Why what it says cannot be meant; nothing when it can. */
export function mistakesIn({ column: { name, rule }, value }: Said): readonly string[] {
  const mistake = value === null ? null : rule.type.mistakeIn(value);
  return mistake === null ? [] : [`${name} ${mistake}`];
}
