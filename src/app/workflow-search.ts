import type { Workflow } from '../engine/workflow.ts'
import type { Texts } from '../messages/texts/texts.ts'
import { folded, hasWord, wordsIn } from './folded.ts'
import { labelOf, serverOf, type WorkflowLabels } from './workflow-labels.ts'

/** Why a workflow stands where it does in a list to choose from. */
export type WorkflowGroup = 'fitting' | 'recent' | 'all'

export interface RankedWorkflow {
  workflow: Workflow
  label: string
  group: WorkflowGroup
}

/** What decides the order, besides the names. */
export interface WorkflowOrder {
  labels: WorkflowLabels
  texts: Texts
  /** its inputs match the columns of the file */
  fits?: (workflow: Workflow) => boolean
  /** ids of the workflows that this person, or this channel, has used; the latest first */
  recent?: string[]
}

/** Those that fit the file first, then those used lately, then by name. */
export function rankedWorkflows(
  workflows: Workflow[],
  { labels, texts, fits = () => false, recent = [] }: WorkflowOrder,
): RankedWorkflow[] {
  const used = new Map(recent.map((id, i) => [id, i]))
  const inOrder = new Intl.Collator(texts.locale, { numeric: true })
  const ranked = workflows.map((workflow) => {
    const isFitting = fits(workflow)
    const place = used.get(workflow.id) ?? Infinity
    const group: WorkflowGroup = isFitting ? 'fitting' : place < Infinity ? 'recent' : 'all'
    return { workflow, label: labelOf(workflow, labels), group, place }
  })
  ranked.sort(
    (a, b) =>
      GROUPS.indexOf(a.group) - GROUPS.indexOf(b.group) ||
      (a.place === b.place ? 0 : a.place - b.place) ||
      inOrder.compare(a.label, b.label),
  )
  return ranked.map(({ workflow, label, group }) => ({ workflow, label, group }))
}

const GROUPS: WorkflowGroup[] = ['fitting', 'recent', 'all']

/**
 * The workflows in which every typed word occurs: in the name, the description, the kind, the server, an input. A
 * name that begins with what was typed comes first, then names with such words, then the rest; among equals, the order
 * of rankedWorkflows. Nothing typed finds all.
 */
export function foundWorkflows(
  workflows: Workflow[],
  typed: string,
  ranking: WorkflowOrder,
): RankedWorkflow[] {
  const ranked = rankedWorkflows(workflows, ranking)
  const words = wordsIn(typed)
  if (words.length === 0) return typed.trim() === '' ? ranked : []
  const start = folded(typed).trim().replaceAll(/\s+/g, ' ')
  return ranked
    .map((one) => ({ one, match: matchOf(one, { words, start }, ranking.texts) }))
    .filter(({ match }) => match < NO_MATCH)
    .toSorted((a, b) => a.match - b.match)
    .map(({ one }) => one)
}

/**
 * The one workflow that a typed name, label or id means; several: all that it may mean; none: nothing like it.
 * @param typed the whole of one of these, or the beginning of a name or an id
 */
export function workflowsMeant(workflows: Workflow[], typed: string, labels: WorkflowLabels): Workflow[] {
  const key = folded(typed).trim()
  const ways: ((workflow: Workflow) => boolean)[] = [
    ({ id }) => id === key,
    (workflow) => folded(labelOf(workflow, labels)) === key,
    ({ name }) => folded(name).trim() === key,
    ({ id }) => key.length >= LEAST_ID_CHARS && id.startsWith(key),
    ({ name }) => folded(name).trim().startsWith(key),
  ]
  for (const way of ways) {
    const found = workflows.filter(way)
    if (found.length > 0) return found
  }
  return []
}

/** Shorter beginnings of an id are ignored. */
const LEAST_ID_CHARS = 4
const NO_MATCH = 6

/** 0 is the best. */
function matchOf(
  { workflow, label }: RankedWorkflow,
  { words, start }: { words: string[]; start: string },
  texts: Texts,
): number {
  const name = folded(workflow.name).trim()
  if (name === start || folded(label) === start || workflow.id === start) return 0
  if (name.startsWith(start)) return 1
  const named = wordsIn(workflow.name)
  if (words.every((word) => hasWord(named, word))) return 2
  if (words.every((word) => name.includes(word))) return 3
  const shown = wordsIn(label)
  if (words.every((word) => hasWord(shown, word))) return 4
  const all = [...shown, ...wordsIn(textOf(workflow, texts))]
  // Only in the name a part of a word counts: “flow” is a part of every workflow’s kind.
  return words.every((word) => name.includes(word) || hasWord(all, word)) ? 5 : NO_MATCH
}

function textOf(workflow: Workflow, texts: Texts): string {
  const { name, description, mode, variables } = workflow
  const inputs = variables.map(({ label }) => label)
  return [
    name,
    description,
    texts.workflowsPage.kinds[mode],
    mode,
    serverOf(workflow, texts),
    ...inputs,
  ].join('\n')
}
