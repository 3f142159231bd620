import type { Numbers } from '../numbers.ts'
import type { Rich } from './wizard.ts'

/** Importing apps of a self-hosted Dify: the form, the list to choose from, and what came of it. */
export const workflowImport = (n: Numbers) => ({
  link: 'Add apps from Dify…',
  title: 'Add apps from Dify',
  intro: <S>(switchedOn: S, key: S): Rich<S> => [
    'A Dify server of your own lists all apps of a workspace if it was started with ',
    switchedOn,
    ' and ',
    key,
    '. Then choose which to add.',
  ],
  url: 'Address of the Dify server',
  urlHint: 'As “API Access” shows it. It usually ends in /v1.',
  adminKey: 'Admin API key',
  adminKeyHint: <S>(setting: S): Rich<S> => [
    setting,
    ' of the Dify server. It is used for this once, and never stored or shown.',
  ],
  workspace: 'Id of the workspace',
  workspaceHint: <S>(command: S): Rich<S> => ['A UUID, which this shows on the Dify server: ', command],
  submit: 'List the apps',
  fieldMissing: 'Fill in all three fields.',
  expired: 'That was a while ago, and the admin API key is not kept. Give it once more.',
  choose: (host: string) => `Apps of ${host}`,
  chooseIntro: 'Each that you add gets an API key of its own in Dify, and becomes a workflow here.',
  legend: 'Choose apps',
  here: 'already here',
  others: (count: number) =>
    count === 1
      ? '1 more app is of a kind that Rowbot does not run.'
      : `${n.count(count)} more apps are of kinds that Rowbot does not run.`,
  none: 'The workspace has no app that Rowbot can run.',
  allHere: 'All of them are here already.',
  addChosen: 'Add the chosen ones',
  addAll: (count: number) => (count === 1 ? 'Add the one that is new' : `Add all ${n.count(count)} new ones`),
  nothingChosen: 'Choose at least one app.',
  resultTitle: 'What was added',
  result: (added: number, failed: number) => {
    const apps = added === 1 ? '1 app is added.' : `${n.count(added)} apps are added.`
    if (failed === 0) return apps
    return `${apps} ${failed === 1 ? '1 could not be added.' : `${n.count(failed)} could not be added.`}`
  },
  added: 'added',
  failed: 'not added',
  sharedKey:
    'It has ten keys in Dify, the most that are allowed. The newest is used: whoever deletes that one in Dify stops it here.',
  again: (count: number) => (count === 1 ? 'Try it again' : `Try the ${n.count(count)} again`),
  toWorkflows: 'To the workflows',
})
