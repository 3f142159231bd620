import type { Workflow } from '../engine/workflow.ts'
import { PROMPT_LIMITS } from '../messages/limits.ts'
import { clip } from '../messages/rich-text.ts'
import type { Texts } from '../messages/texts/texts.ts'
import { bareAddress } from './bare-address.ts'
import { folded } from './folded.ts'

/** How many characters of an id the lists show. */
export const ID_CHARS = 8

/** What a person reads of each workflow, by its id. */
export type WorkflowLabels = ReadonlyMap<string, string>

/**
 * A label for each workflow. It is the name alone where no other has it, and otherwise the name with the shortest
 * difference: `Translate · chatflow`, `Translate · workflow · needs text, tone`, `Translate · dify.example.com`.
 * No two labels are the same.
 */
export function labelsOf(
  workflows: Workflow[],
  texts: Texts,
  maxChars: number = PROMPT_LIMITS.optionChars,
): WorkflowLabels {
  const labels = new Map<string, string>()
  const byName = Map.groupBy(workflows, ({ name }) => folded(clip(name.trim(), maxChars)))
  for (const alike of byName.values()) {
    const differences = differencesOf(alike, texts)
    for (const { id, name } of alike) labels.set(id, joined(name, differences.get(id), maxChars))
  }
  return withoutTwins(workflows, labels, maxChars)
}

/** The label of one workflow among all that it may be confused with. */
export function labelOf({ id, name }: Pick<Workflow, 'id' | 'name'>, labels: WorkflowLabels): string {
  return labels.get(id) ?? name
}

/** `dify.example.com`; of the built-in sandbox, its name. */
export function serverOf({ baseUrl }: Pick<Workflow, 'baseUrl'>, texts: Texts): string {
  if (baseUrl.startsWith('sandbox:')) return texts.wizard.pick.sandbox
  return URL.canParse(baseUrl) ? new URL(baseUrl).host : ''
}

type LabelPart = 'kind' | 'needs' | 'server' | 'address' | 'uses'

/** Ways to tell workflows of one name apart: the first that fits only one of them is taken. */
const WAYS: LabelPart[][] = [
  ['kind'],
  ['needs'],
  ['server'],
  ['address'],
  ['kind', 'needs'],
  ['kind', 'server'],
  ['needs', 'server'],
  ['uses'],
  ['kind', 'needs', 'server'],
  ['kind', 'uses'],
  ['uses', 'server'],
  ['kind', 'uses', 'server'],
]

/** By id, what distinguishes each from the others; a single one has no difference. */
function differencesOf(alike: Workflow[], texts: Texts): Map<string, string> {
  const found = new Map<string, string>()
  if (alike.length < 2) return found
  const shared = sharedInputs(alike)
  const parts = new Map(alike.map((workflow) => [workflow.id, partsOf(workflow, shared, texts)]))
  for (const way of WAYS) {
    const said = [...parts].map(([id, its]) => ({ id, text: way.map((part) => its[part]).join(' · ') }))
    const counts = countsOf(said.map(({ text }) => folded(text)))
    for (const { id, text } of said)
      if (!found.has(id) && text !== '' && counts.get(folded(text)) === 1) found.set(id, text)
    if (found.size === alike.length) return found
  }
  for (const { id } of alike) if (!found.has(id)) found.set(id, id.slice(0, ID_CHARS))
  return found
}

function partsOf(workflow: Workflow, shared: Set<string>, texts: Texts): Record<LabelPart, string> {
  const { pick } = texts.wizard
  const named = (required: boolean) => {
    const labels = workflow.variables
      .filter((variable) => variable.required === required)
      .map(({ label }) => label)
    const whole = labels.join(pick.comma)
    if (whole.length <= INPUTS_CHARS) return whole
    // Those that the others do not have come first: they must not be cut off.
    const own = labels.filter((label) => !shared.has(label))
    return clip([...own, ...labels.filter((label) => shared.has(label))].join(pick.comma), INPUTS_CHARS)
  }
  const needed = named(true)
  const optional = named(false)
  const needs = needed === '' ? '' : pick.needs(needed)
  const canUse = optional === '' ? '' : pick.canUse(optional)
  const inputs = [needs, canUse].filter((text) => text !== '').join(pick.comma)
  return {
    kind: texts.workflowsPage.kinds[workflow.mode],
    needs: needs || canUse || pick.noInputs,
    server: serverOf(workflow, texts),
    // Two servers may share a host.
    address: bareAddress(workflow.baseUrl),
    uses: inputs || pick.noInputs,
  }
}

const INPUTS_CHARS = 40

/** The inputs that all of them have. */
function sharedInputs(alike: Workflow[]): Set<string> {
  const counts = countsOf(alike.flatMap(({ variables }) => [...new Set(variables.map(({ label }) => label))]))
  return new Set([...counts].filter(([, count]) => count === alike.length).map(([label]) => label))
}

function countsOf(texts: string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1)
  return counts
}

const LEAST_NAME_CHARS = 20

/** The name is cut before the difference. */
function joined(name: string, difference: string | undefined, maxChars: number): string {
  const shown = name.replaceAll(/\s+/g, ' ').trim() || '–'
  if (difference === undefined) return clip(shown, maxChars)
  const end = ` · ${clip(difference, maxChars - LEAST_NAME_CHARS - 3)}`
  return `${clip(shown, maxChars - end.length)}${end}`
}

/** Long names may have become the same when they were cut: their ids tell them apart. */
function withoutTwins(workflows: Workflow[], labels: Map<string, string>, maxChars: number): WorkflowLabels {
  const counts = countsOf([...labels.values()].map(folded))
  for (const { id, name } of workflows) {
    const isTwin = (counts.get(folded(labels.get(id) ?? '')) ?? 0) > 1
    if (isTwin) labels.set(id, joined(name, id.slice(0, ID_CHARS), maxChars))
  }
  return labels
}
