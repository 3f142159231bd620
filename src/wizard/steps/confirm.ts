import { draftClick } from '../../messages/click-ids.ts'
import { estimateRows, estimateTexts } from '../../app/estimate.ts'
import type { Texts } from '../../messages/texts/texts.ts'
import type { Draft } from '../draft.ts'
import { carriedFrom, rowsToCall } from '../earlier.ts'
import { notifyLines } from '../notify-form.ts'
import { parametersOf } from '../submission.ts'
import { USUAL_COMPARED } from '../../engine/comparison.ts'
import type { Button, Line } from '../../messages/prompt.ts'
import { type StepContext, STALE, type Step } from '../step-context.ts'
import { bold, code, clip, dotted } from '../../messages/rich-text.ts'
import { labelHere } from '../workflow-options.ts'
import { sampleForm } from '../forms.ts'
import { chosenLimit, limitLines } from '../limit-lines.ts'
import { bothLine } from './against.ts'
import { constantLines } from '../all-rows.ts'
import { FILE_NAME_CHARS, titleOf } from './title-and-file.ts'

const NAME_CHARS = 100
/** So many rows fit into one message of their trial. */
const FEW = 5

/** 4 of 4: a summary of everything. */
export const confirmStep: Step = {
  prompt(context) {
    const { draft, texts } = context
    const { wizard } = texts
    const { name, concurrency, retries, timeoutSeconds } = parametersOf(context)
    const { good = 0, rows = 0 } = draft.state.inspection ?? {}
    return {
      title: titleOf(context, 4, 'confirm'),
      lines: [
        [bold(name)],
        rowsLine(context),
        dotted(
          code(clip(draft.fileName, FILE_NAME_CHARS)),
          wizard.atOnce(concurrency),
          wizard.retries(retries),
          wizard.aRow(timeoutSeconds * 1000),
        ),
        ...constantLines(context),
        ...(rows > good ? [[wizard.leftOut(rows - good)]] : []),
        ...sameAsBefore(context),
        ...limitLines(context),
        ...notifyLines(context),
        ...comparedLines(context),
        ...(draft.state.against ? [] : estimateLines(context)),
        ...context.room.map((room) => [texts.usage.left(room)]),
        ...(context.workflow?.mode === 'completion' ? [[wizard.neverFound]] : []),
      ],
      selects: [],
      buttons: [
        ...(draft.state.against ? compareButtons(context) : startButtons(context)),
        { id: draftClick(draft, 'back'), label: wizard.buttons.back },
        { id: draftClick(draft, 'cancel'), label: wizard.buttons.cancel },
      ],
    }
  },

  answers: {
    start: ({ draft }) => ({ start: { tryFirst: draft.state.against ? USUAL_COMPARED : 0 } }),
    startAll: ({ draft }) => (draft.state.against ? { start: { tryFirst: 0 } } : STALE),
    try: () => ({ start: { tryFirst: 1 } }),
    tryFive: () => ({ start: { tryFirst: FEW } }),
    sample: (context) => ({ form: sampleForm(context) }),
    back: ({ draft }) => ({ state: { ...draft.state, step: 'parameters' } }),
  },
}

function startButtons({ draft, texts }: StepContext): Button[] {
  const called = rowsToCall(draft.state)
  return [
    { id: draftClick(draft, 'start'), label: texts.wizard.buttons.start, style: 'primary' },
    ...(called > 1 ? [{ id: draftClick(draft, 'try'), label: texts.trial.tryRows(1) }] : []),
    ...(called > FEW ? [{ id: draftClick(draft, 'tryFive'), label: texts.trial.tryRows(FEW) }] : []),
    ...(called > 2 ? [{ id: draftClick(draft, 'sample'), label: texts.trial.tryMore }] : []),
  ]
}

/** On a few rows by default: each is paid twice. */
function compareButtons({ draft, texts: { comparison } }: StepContext): Button[] {
  const { good = 0 } = draft.state.inspection ?? {}
  const isMany = good > USUAL_COMPARED
  return [
    {
      id: draftClick(draft, 'start'),
      label: isMany ? comparison.start(USUAL_COMPARED) : comparison.startAll(good),
      style: 'primary',
    },
    ...(good > 2 ? [{ id: draftClick(draft, 'sample'), label: comparison.startSome }] : []),
    ...(isMany ? [{ id: draftClick(draft, 'startAll'), label: comparison.startAll(good) }] : []),
  ]
}

function comparedLines(context: StepContext): Line[] {
  const both = bothLine(context)
  return both ? [both, [context.texts.comparison.paidTwice]] : []
}

/** Rows that are not called. */
function sameAsBefore({ draft: { state }, texts }: StepContext): Line[] {
  const { seen } = texts.wizard
  const carried = carriedFrom(state)
  const at = state.inspection?.earlier?.at
  return [
    ...(carried && at !== undefined ? [[seen.carried(carried.rows, at)]] : []),
    ...equalLines({ draft: { state }, texts }),
  ]
}

/** Rows that send the same as another one, and whether they are called. */
export function equalLines({
  draft: { state },
  texts,
}: {
  draft: Pick<Draft, 'state'>
  texts: Texts
}): Line[] {
  const { inspection, callEach } = state
  if (!inspection || inspection.equal === 0) return []
  return [[texts.wizard.equal[callEach ? 'each' : 'once'](inspection.equal)]]
}

/** `Product copywriter on 236 rows of Products` */
export function rowsLine(context: StepContext): Line {
  const { draft, workflow, texts } = context
  const { good = 0, sheet = '' } = draft.state.inspection ?? {}
  const name = workflow ? labelHere(workflow, context, NAME_CHARS) : ''
  return texts.wizard.whatRuns(bold(name), good, bold(sheet))
}

function estimateLines({ draft, cost, texts, workflow }: StepContext): Line[] {
  if (!cost) return [[texts.wizard.noEstimate]]
  const { concurrency } = parametersOf({ draft, workflow })
  const limit = chosenLimit({ draft, workflow })
  const estimate = estimateRows(rowsToCall(draft.state), cost, { concurrency, limit })
  return estimateTexts(estimate, texts).map((text): Line => [text])
}
