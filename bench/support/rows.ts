import { addWorkflow } from '../../src/app/workflows.ts'
import type { Inputs, Task } from '../../src/engine/task.ts'
import type { Rowbot } from '../../src/app/rowbot.ts'
import type { Workflow } from '../../src/engine/workflow.ts'
import { APP } from './sandbox.ts'

export const CONCURRENCY = 10

/** The input of a row, and the expected `summary`. */
export function textOfRow(row: number): string {
  return `Row ${row} is one of many, and its answer must come back to it.`
}

export function inputsOfRow(row: number): Inputs {
  return { text: textOfRow(row) }
}

export async function benchWorkflow(bot: Rowbot, url: string): Promise<Workflow> {
  const given = { baseUrl: url, apiKey: APP.key, limit: CONCURRENCY }
  return (await addWorkflow(bot, { face: 'cli', name: 'bench', role: 'admin' }, given)).workflow
}

/** Submits rows 2, 3, …, as below one heading row. */
export function submitRows(
  bot: Rowbot,
  workflow: Workflow,
  rows: number,
  {
    inputsOf = inputsOfRow,
    timeoutSeconds = 300,
  }: { inputsOf?: (row: number) => Inputs; timeoutSeconds?: number } = {},
): Promise<Task> {
  return bot.engine.submit({
    parameters: { name: 'bench', concurrency: CONCURRENCY, retries: 2, timeoutSeconds },
    workflow,
    upload: { fileName: 'bench.xlsx', bytes: new Uint8Array(1024) },
    sheet: 'Sheet1',
    headings: ['Text'],
    rows: Array.from({ length: rows }, (_, i) => ({
      row: i + 2,
      cells: [textOfRow(i + 2)],
      inputs: inputsOf(i + 2),
    })),
    leftOut: [],
    owner: 'bench',
  })
}
