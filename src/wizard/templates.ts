import type { Workflow } from '../engine/workflow.ts'
import { writeTemplate } from '../workbook/workbook.ts'
import type { Texts } from '../messages/texts/texts.ts'
import type { Answer } from './answer.ts'

/** A template for a workflow, as a file for who asked: others in the place did not. */
export async function templateOf(workflow: Workflow, texts: Texts): Promise<Answer> {
  const bytes = await writeTemplate(workflow)
  return {
    kind: 'file',
    file: { name: `${safeName(workflow.name)}.template.xlsx`, content: blobOf(bytes) },
    line: [texts.wizard.templateFor(workflow.name)],
    isPersonal: true,
  }
}

export function blobOf(bytes: Uint8Array): Blob {
  return new Blob([new Uint8Array(bytes)])
}

/** A workflow’s name as a file name that is valid on any system. */
export function safeName(name: string): string {
  const safe = name
    .replaceAll(/[\p{Cc}<>:"/\\|?*]+/gu, ' ')
    .trim()
    .replaceAll(/^\.+|\.+$/g, '')
    .slice(0, MAX_CHARS)
  return safe === '' ? 'workflow' : safe
}

const MAX_CHARS = 80
