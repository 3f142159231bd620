import { RANGES } from '../../engine/parameters.ts'
import { draftClick } from '../../messages/click-ids.ts'
import { exactForm } from '../forms.ts'
import { notifyButton, notifyForm, notifyLines } from '../notify-form.ts'
import { limitLines } from '../limit-lines.ts'
import { parametersOf } from '../submission.ts'
import type { Button, Line, Select } from '../../messages/prompt.ts'
import { type Move, type StepContext, STALE, type Step } from '../step-context.ts'
import { bold, clip } from '../../messages/rich-text.ts'
import { titleOf } from './title-and-file.ts'
import { equalLines, rowsLine } from './confirm.ts'

const TIMEOUTS_SECONDS = [60, 120, 180, 300, 600, 900, 1200]
/** The parameter that each select changes. */
const KEYS = { concurrency: 'concurrency', retries: 'retries', timeout: 'timeoutSeconds' } as const

/** 3 of 4: how to run it. */
export const parametersStep: Step = {
  prompt(context) {
    const { draft, texts } = context
    const { buttons, name } = texts.wizard
    return {
      title: titleOf(context, 3, 'parameters'),
      lines: [
        rowsLine(context),
        name(bold(parametersOf(context).name)),
        ...limitLines(context),
        ...choicesLines(context),
        ...equalLines(context),
        ...notifyLines(context),
      ],
      selects: selectsOf(context),
      buttons: [
        { id: draftClick(draft, 'next'), label: buttons.next, style: 'primary' },
        { id: draftClick(draft, 'exact'), label: buttons.exact },
        ...equalButton(context),
        ...notifyButton(context),
        { id: draftClick(draft, 'back'), label: buttons.back },
        { id: draftClick(draft, 'cancel'), label: buttons.cancel },
      ],
    }
  },

  answers: {
    concurrency: choose('concurrency'),
    retries: choose('retries'),
    timeout: choose('timeout'),
    // A button in chats, which have no room for a fourth select; a select on the page.
    equal: ({ draft: { state } }, value) => ({
      state: { ...state, callEach: value === '' ? !state.callEach : value === 'each' },
    }),
    exact: (context) => ({ form: exactForm(context) }),
    notify: (context) => (notifyButton(context).length === 0 ? STALE : { form: notifyForm(context) }),
    next: ({ draft }) => ({ state: { ...draft.state, step: 'confirm' } }),
    back: ({ draft }) => ({ state: { ...draft.state, step: 'check' } }),
  },
}

/** Said while the choices are those of a task that was tried. */
export function choicesLines({ draft, texts }: StepContext): Line[] {
  const { choicesOf } = draft.state
  return choicesOf === undefined ? [] : [[texts.trial.sameChoices(clip(choicesOf, 100))]]
}

function choose(verb: keyof typeof KEYS) {
  const key = KEYS[verb]
  const { min, max } = RANGES[key]
  return ({ draft: { state } }: StepContext, value: string): Move => {
    const chosen = value === '' ? Number.NaN : Number(value)
    if (!Number.isInteger(chosen) || chosen < min || chosen > max) return STALE
    return { state: { ...state, parameters: { ...state.parameters, [key]: chosen } } }
  }
}

/** Every option is clear by itself, as some platforms show no label next to a select. */
function selectsOf(context: StepContext): Select[] {
  const { draft, texts } = context
  const { wizard } = texts
  const { concurrency, retries, timeoutSeconds } = parametersOf(context)
  const seconds = new Set([...TIMEOUTS_SECONDS, timeoutSeconds])
  const select = (
    verb: keyof typeof KEYS,
    values: number[],
    current: number,
    say: (value: number) => string,
  ): Select => ({
    id: draftClick(draft, verb),
    label: clip(wizard.selects[verb], 100),
    options: values.map((value) => {
      const isDefault = value === RANGES[KEYS[verb]].default
      return { value: String(value), label: isDefault ? wizard.usualOption(say(value)) : say(value) }
    }),
    selected: String(current),
  })
  return [
    select('concurrency', all(RANGES.concurrency), concurrency, wizard.atOnce),
    select('retries', all(RANGES.retries), retries, wizard.retries),
    select(
      'timeout',
      [...seconds].toSorted((a, b) => a - b),
      timeoutSeconds,
      (value) => wizard.aRow(value * 1000),
    ),
  ]
}

/** Whether rows that send the same are called once; undefined where there are none. */
export function equalSelect({ draft, texts }: StepContext): Select | undefined {
  if ((draft.state.inspection?.equal ?? 0) === 0) return undefined
  const { selects, equal, usualOption } = texts.wizard
  return {
    id: draftClick(draft, 'equal'),
    label: selects.equal,
    options: [
      { value: 'once', label: usualOption(equal.options.once) },
      { value: 'each', label: equal.options.each },
    ],
    selected: draft.state.callEach ? 'each' : 'once',
  }
}

function equalButton({ draft, texts }: StepContext): Button[] {
  const { inspection, callEach } = draft.state
  if (!inspection || inspection.equal === 0) return []
  const { callOnce, callEach: each } = texts.wizard.buttons
  return [{ id: draftClick(draft, 'equal'), label: callEach ? callOnce : each }]
}

function all({ min, max }: { min: number; max: number }): number[] {
  return Array.from({ length: max - min + 1 }, (_, i) => min + i)
}
