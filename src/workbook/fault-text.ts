import type { Fault } from './fault.ts'
import { FILES } from './fault-texts/files.ts'
import { ROWS } from './fault-texts/rows.ts'
import { SHEET } from './fault-texts/sheet.ts'
import { VALUES } from './fault-texts/values.ts'
import type { FaultText, FaultTexts } from './fault-texts/words.ts'

const SENTENCES: FaultTexts = { ...SHEET, ...VALUES, ...FILES, ...ROWS }

/** What is wrong and, if it is not obvious, what to do. The cells are shown in front of it. */
export function sentence(fault: Fault): FaultText {
  const say = SENTENCES[fault.code] as (fault: Fault) => FaultText // `as`: it is the one for faults of this code
  return say(fault)
}
