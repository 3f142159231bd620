import type { ResultFile } from '../app/chat-results.ts'
import type { TaskFacts } from '../bots/task-facts.ts'
import { taskPrompt } from '../bots/task-prompt.ts'
import type { Line } from '../messages/prompt.ts'
import { textOfLines } from '../messages/rich-text.ts'
import type { Texts } from '../messages/texts/texts.ts'
import { html } from '../admin/view/html.ts'
import type { Email } from './email.ts'

/** What an e-mail says of a task’s end: what its message in the chat says, and where the result is. */
export async function emailOf(
  facts: TaskFacts,
  result: Pick<ResultFile, 'name' | 'content'> | undefined,
  { texts, maxBytes }: { texts: Texts; maxBytes: number },
): Promise<Pick<Email, 'subject' | 'text' | 'html' | 'attachment'>> {
  const { mail } = texts.notify
  const { task, pageUrl } = facts
  const { title, lines } = taskPrompt(facts, texts)
  const bytes = result?.content.size ?? 0
  const attached = result && bytes <= maxBytes ? result : undefined
  const notes = result
    ? attached
      ? [mail.attached]
      : [mail.tooLarge(bytes), ...(pageUrl === undefined ? [mail.resultCommand(task.id)] : [])]
    : []
  const said = [...lines.map(textOf), ...notes]
  return {
    subject: subjectOf(facts, texts),
    text: [
      title,
      '',
      ...said,
      ...(pageUrl === undefined ? [] : ['', `${mail.openPage}: ${pageUrl}`]),
      '',
      `-- `,
      mail.why,
    ].join('\n'),
    html: html`<!doctype html>
      <html lang="${texts.locale}">
        <body style="font-family: sans-serif; line-height: 1.5">
          <h1 style="font-size: 1.2em">${title}</h1>
          ${said.map((line) => html`<p style="margin: 0.3em 0">${line}</p>`)}
          ${pageUrl === undefined ? '' : html`<p><a href="${pageUrl}">${mail.openPage}</a></p>`}
          <p style="color: #666; font-size: 0.85em">${mail.why}</p>
        </body>
      </html>`.value,
    ...(attached && {
      attachment: { name: attached.name, content: new Uint8Array(await attached.content.arrayBuffer()) },
    }),
  }
}

function subjectOf({ task }: TaskFacts, { notify: { mail } }: Texts): string {
  switch (task.status) {
    case 'failed':
      return mail.subject.failed(task.name)
    case 'cancelled':
      return mail.subject.cancelled(task.name)
    case 'completed':
    case 'paused':
    case 'pending':
    case 'running':
      return mail.subject.completed(task.name)
  }
}

function textOf(line: Line): string {
  return textOfLines([line])
}
