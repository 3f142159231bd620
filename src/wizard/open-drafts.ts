import { parseClick, type DraftVerb } from '../messages/click-ids.ts'
import { isSamePerson, type Requester } from '../messages/people.ts'
import { textsFor } from '../messages/texts/texts.ts'
import type { Answer } from './answer.ts'
import { type Draft, inLocaleOf } from './draft.ts'
import type { Drafts } from './drafts.ts'
import { CHANGED, type Moves } from './moves.ts'
import { ended, endedText, NOTHING, stale, tell } from './standard-answers.ts'
import type { StepContext, WizardOptions } from './step-context.ts'

/** A draft that a click or a form may act on. */
export interface OpenDraft {
  context: StepContext
  verb: DraftVerb
}

/** Which draft a click or a form means, and whether whoever sent it may act on it now. */
export class OpenDrafts {
  constructor(
    private readonly options: Pick<WizardOptions, 'isAdmin'>,
    private readonly drafts: Drafts,
    private readonly moves: Moves,
  ) {}

  /** Of two concurrent clicks, the later one is handled again with the draft as the first has left it. */
  async retryWhileChanged(
    requester: Requester,
    id: string,
    ask: (opened: OpenDraft) => Promise<Answer | typeof CHANGED>,
  ): Promise<Answer> {
    for (;;) {
      const opened = await this.find(requester, id)
      if ('kind' in opened) return opened
      const answer = await ask(opened)
      if (answer !== CHANGED) return answer
    }
  }

  /** The draft of a click that is allowed, with its step context; otherwise an answer that says why not. */
  async find(requester: Requester, id: string): Promise<OpenDraft | Answer> {
    const texts = textsFor(requester.locale)
    const click = parseClick(id)
    const draft = click?.of === 'draft' ? await this.drafts.find(click.id) : undefined
    if (!draft || click?.of !== 'draft') return tell(texts.wizard.private.unknown)
    if (!this.mayAct(requester, draft)) return tell(texts.wizard.private.notYours(draft.owner.name))
    if (draft.status === 'open' && this.drafts.isExpired(draft)) {
      await this.drafts.end(draft.id, 'expired')
      return { kind: 'show', draftId: draft.id, prompt: ended({ ...draft, status: 'expired' }) }
    }
    // The second half of a double click: the first has already been answered.
    if (draft.status === 'started' && draft.nonce === click.nonce) return NOTHING
    if (draft.status !== 'open') return tell(endedText(inLocaleOf(requester, draft)))
    const context = await this.moves.context(inLocaleOf(requester, draft), requester.person)
    return click.nonce === draft.nonce ? { context, verb: click.verb } : stale(context, texts)
  }

  mayAct({ person }: Requester, { owner }: Draft): boolean {
    return isSamePerson(owner, person) || this.options.isAdmin(person)
  }
}
