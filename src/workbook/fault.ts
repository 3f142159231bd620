import type { FileType } from '../engine/task.ts'

/**
 * Everything that a check can find: a closed list. A fault carries the parts of its message, so that the message can
 * be written in any language; the English ones are in fault-text.ts.
 */
export type Fault =
  // of the sheet: no row can run
  | { code: 'no-rows' }
  | { code: 'missing-column'; label: string; guess?: string }
  | { code: 'ambiguous-column'; label: string; columns: string[] }
  | { code: 'near-column'; label: string; heading: string }
  | { code: 'nothing-fed' }
  | { code: 'missing-value'; label: string }
  | { code: 'no-file-input' }
  | { code: 'which-file-input'; labels: string[] }
  | { code: 'two-sheets'; sheets: string[]; sheet: string }
  | { code: 'rows-above'; row: number; count: number }
  | { code: 'two-heading-rows'; row: number; next: number }
  // of a cell: its row cannot run
  | { code: 'required'; label: string }
  | { code: 'refused-default'; label: string; value: string }
  | { code: 'required-picture'; label: string }
  | { code: 'too-long'; label: string; length: number; max: number; upTo?: boolean }
  | { code: 'not-an-option'; label: string; value: string; options: string[]; guess?: string }
  | { code: 'not-a-number'; label: string; value: string; guess?: string }
  | { code: 'not-yes-or-no'; label: string; value: string }
  | { code: 'not-json'; label: string; value: string; curlyQuotes?: boolean }
  | { code: 'not-a-json-object'; label: string; value: string }
  | { code: 'json-schema'; label: string; where: string; problem: string }
  | { code: 'not-an-address'; label: string; value: string }
  | { code: 'not-https'; label: string; value: string }
  | { code: 'share-folder'; label: string; value: string; service: string }
  | { code: 'share-page'; label: string; value: string; service: string }
  | { code: 'file-type'; label: string; value: string; allowed: string[] }
  | { code: 'no-such-file'; label: string; value: string; count: number; guess?: string }
  | { code: 'no-files'; label: string; value: string }
  | { code: 'file-twice'; label: string; value: string; paths: string[] }
  | { code: 'only-links'; label: string; value: string }
  | { code: 'empty-file'; label: string; value: string }
  | { code: 'large-file'; label: string; value: string; as: FileType; max: number }
  | { code: 'misnamed-file'; label: string; value: string; as: string; extension: string }
  | { code: 'too-many-files'; label: string; length: number; max: number; upTo?: boolean }
  | { code: 'error-cell'; label: string; value: string }
  | { code: 'uncalculated'; label: string }
  | { code: 'decimal-comma'; label: string; value: string; guess?: string }
  // of a row: it cannot run
  | { code: 'too-many-cells'; headings: number }
  // only notes: the rows run anyway
  | { code: 'only-column'; label: string; heading: string }
  | { code: 'only-constants' }
  | { code: 'share-link'; label: string; service: string; as?: string }
  | { code: 'unused-files'; count: number; names: string[] }
  | { code: 'files-alike'; names: string[] }
  | { code: 'guessed-file-type'; label: string; as: FileType }
  | { code: 'renamed-picture'; label: string; value: string; as: string }
  | { code: 'long-number'; label: string }
  | { code: 'hidden-by-format'; label: string; sent: string }
  | { code: 'shown-as-hashes'; label: string; sent: string }
  | { code: 'shown-without-year'; label: string; sent: string }
  | { code: 'shown-with-exponent'; label: string; sent: string }
  | { code: 'hidden-rows' }
  | { code: 'merged-cells' }
  | { code: 'covered-value' }
  | { code: 'picture-in-cell' }
  | { code: 'picture-over-cell' }
  | { code: 'unlike-row' }
  | { code: 'totals-row' }
  | { code: 'below-table' }
  | { code: 'hidden-rows-left-out' }
  | { code: 'rows-left-out' }
  | { code: 'macros' }
  | { code: 'guessed-encoding'; encoding: string }
  | { code: 'web-page' }

export type FaultCode = Fault['code']

/** What a fault stops: the whole sheet, the row, or nothing. */
export const SEVERITY = {
  'no-rows': 'sheet',
  'missing-column': 'sheet',
  'ambiguous-column': 'sheet',
  'near-column': 'sheet',
  'nothing-fed': 'sheet',
  'missing-value': 'sheet',
  'no-file-input': 'sheet',
  'which-file-input': 'sheet',
  'two-sheets': 'sheet',
  'rows-above': 'sheet',
  'two-heading-rows': 'sheet',
  required: 'row',
  'refused-default': 'row',
  'required-picture': 'row',
  'too-long': 'row',
  'not-an-option': 'row',
  'not-a-number': 'row',
  'not-yes-or-no': 'row',
  'not-json': 'row',
  'not-a-json-object': 'row',
  'json-schema': 'row',
  'not-an-address': 'row',
  'not-https': 'row',
  'share-folder': 'row',
  'share-page': 'row',
  'file-type': 'row',
  'no-such-file': 'row',
  'no-files': 'row',
  'file-twice': 'row',
  'only-links': 'row',
  'empty-file': 'row',
  'large-file': 'row',
  'misnamed-file': 'row',
  'too-many-files': 'row',
  'error-cell': 'row',
  uncalculated: 'row',
  'decimal-comma': 'row',
  'too-many-cells': 'row',
  'only-column': 'nothing',
  'only-constants': 'nothing',
  'share-link': 'nothing',
  'unused-files': 'nothing',
  'files-alike': 'nothing',
  'guessed-file-type': 'nothing',
  'renamed-picture': 'nothing',
  'long-number': 'nothing',
  'hidden-by-format': 'nothing',
  'shown-as-hashes': 'nothing',
  'shown-without-year': 'nothing',
  'shown-with-exponent': 'nothing',
  'hidden-rows': 'nothing',
  'merged-cells': 'nothing',
  'covered-value': 'nothing',
  'picture-in-cell': 'nothing',
  'picture-over-cell': 'nothing',
  'unlike-row': 'nothing',
  'totals-row': 'nothing',
  'below-table': 'nothing',
  'hidden-rows-left-out': 'nothing',
  'rows-left-out': 'nothing',
  macros: 'nothing',
  'guessed-encoding': 'nothing',
  'web-page': 'nothing',
} as const satisfies Record<FaultCode, 'sheet' | 'row' | 'nothing'>

/** Stands for the remaining values of a group that has too many to list. */
export const OTHERS = '\u0000'
