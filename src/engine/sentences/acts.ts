import { plural } from './words.ts'

/** Why something that a person wants cannot be done. */
export const ACTS = {
  'no-such-task': ({ task }: { task: string }) => `There is no task ${task}.`,
  'do-see-tasks': () => 'It may have been deleted. The list of tasks has every id.',
  'task-cannot-be-paused': ({ task, status }: { task: string; status: string }) =>
    `Task ${task} cannot be paused: it is ${status}.`,
  'task-cannot-be-resumed': ({ task, status }: { task: string; status: string }) =>
    `Task ${task} cannot be resumed: it is ${status}.`,
  'task-cannot-be-stopped': ({ task, status }: { task: string; status: string }) =>
    `Task ${task} cannot be stopped: it is ${status}.`,
  'task-cannot-be-deleted': ({ task, status }: { task: string; status: string }) =>
    `Task ${task} is ${status} and cannot be deleted.`,
  'do-stop-first': () => 'Stop it first.',
  'status-pending': () => 'waiting to run',
  'status-running': () => 'running',
  'status-paused': () => 'paused',
  'status-completed': () => 'completed',
  'status-failed': () => 'stopped by a fault',
  'status-cancelled': () => 'stopped',
  'workflow-switched-off': ({ workflow }: { workflow: string }) =>
    `The workflow “${workflow}” is switched off.`,
  'no-row-to-run': () => 'There is no row to run.',
  'do-fix-and-send': () => 'Fix the faults and send the file again.',
  'rows-wait': ({ count }: { count: number }) =>
    plural(count, 'This row waits for an answer.', 'These rows wait for an answer.'),
  'do-answer-or-stop': () => 'They are not called again. Answer them, or stop the task.',
  'none-of-rows-failed': () => 'None of these rows has failed.',
  'no-row-failed': ({ task }: { task: string }) => `No row of task ${task} has failed.`,
  'none-of-rows-succeeded': () => 'None of these rows has succeeded.',
  'task-needs-name': () => 'A task needs a name.',
  'task-name-too-long': ({ max }: { max: number }) => `A task’s name can have at most ${max} characters.`,
  'concurrency-out-of-range': ({ min, max, value }: { min: number; max: number; value: number }) =>
    `The number of rows at once must be a whole number from ${min} to ${max}, not ${value}.`,
  'retries-out-of-range': ({ min, max, value }: { min: number; max: number; value: number }) =>
    `The number of retries must be a whole number from ${min} to ${max}, not ${value}.`,
  'time-limit-out-of-range': ({ min, max, value }: { min: number; max: number; value: number }) =>
    `The time limit of a row, in seconds, must be a whole number from ${min} to ${max}, not ${value}.`,
  'not-your-task': ({ owner }: { owner: string }) => `This task is ${owner}’s.`,
  'do-ask-owner': () => 'Only they and admins may change it.',
  'only-admins': () => 'Only admins may change workflows.',
  'do-ask-admin': () => 'Ask one of them.',
  'only-look': () => 'You may look, but not change anything.',
  'do-sign-in-as-admin': () => 'Sign in with the admin token.',
  'nothing-to-look-at': ({ task }: { task: string }) => `There is nothing to look at in task ${task}.`,
  'task-stands-still': ({ task, left }: { task: string; left: number }) =>
    `${task} stands still, and ${plural(left, 'the row that is', `the ${left} rows that are`)} left would run, too.`,
  'do-resume-or-stop': () => 'Resume or stop it first; then run these rows again.',
  'no-file-of-task': ({ task }: { task: string }) => `No file of task ${task} is to be fetched again.`,
  'no-file-of-rows': () => 'No file of these rows is to be fetched again.',
  'link-ended': () => 'This link has ended already.',
  'workflow-not-there': () => 'There is no such workflow.',
  'do-see-workflows': () => 'It may have been removed. See the list of workflows.',
  'workflow-has-tasks': ({ workflow }: { workflow: string }) =>
    `“${workflow}” has tasks and cannot be removed.`,
  'do-delete-tasks': () => 'Delete its tasks first, or switch it off.',
  'key-of-another': ({ app, workflow }: { app: string; workflow: string }) =>
    `That is the key of “${app}”, not of “${workflow}”.`,
  'do-add-that-app': () => 'Add that app as a workflow of its own.',
  'key-in-use': ({ workflow, id }: { workflow: string; id: string }) =>
    `Another workflow “${workflow}” (${id}) already has that key.`,
  'do-use-that-one': () => 'Use that one, or create another key in Dify.',
  'no-workflow-yet': () => 'No workflow is set up yet.',
  'do-add-workflow': () => 'Add one: bun rowbot workflow add (with --sandbox to try it).',
  'upload-interrupted': () => 'The upload was interrupted.',
  'do-send-file-again': () => 'Send the file again.',
  'upload-changed': () => 'The upload was changed while its rows were read.',
  'do-send-request-again': () => 'Send the request again.',
} as const
