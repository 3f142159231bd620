import { ROWBOT } from '../this-program.ts'
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
  'task-parts-deleted': ({ task, date }: { task: string; date: string }) =>
    `Rows of “${task}” were deleted on ${date} because they were old, so it cannot run any more.`,
  'do-send-file-anew': () => 'Send the file again: that makes a new task.',
  'result-deleted': ({ task, date }: { task: string; date: string }) =>
    `The outputs of “${task}” were deleted on ${date} because they were old.`,
  'erase-while-running': ({ names }: { names: string[] }) =>
    `Nothing was erased: ${names.join(', ')} ${plural(names.length, 'runs or waits', 'run or wait')} to run.`,
  'do-name-person-by-key': () => 'Give their name, or their id as the audit and the usage have it.',
  'no-old-key': () => 'There is no old key, so there is nothing to rotate. Nothing was changed.',
  'do-set-old-key': () =>
    'Set ROWBOT_SECRET_KEY_OLD to the key used so far and ROWBOT_SECRET_KEY to a new one, and restart.',
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
  'not-with-your-role': () => 'Your role does not allow this.',
  'token-needs-name': () => 'A token needs a name.',
  'do-name-token': () => 'Name it after the person or program that is to have it.',
  'token-name-taken': ({ name }: { name: string }) => `There is a token “${name}” already.`,
  'do-revoke-or-rename': () => 'Revoke that one first, or choose another name.',
  'no-such-token': ({ name }: { name: string }) => `There is no token “${name}” that works.`,
  'do-list-tokens': () => 'It may have been revoked. See the list of tokens.',
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
  'do-add-workflow': () => `Add one: ${ROWBOT} workflow add (with --sandbox to try it).`,
  'upload-interrupted': () => 'The upload was interrupted.',
  'do-send-file-again': () => 'Send the file again.',
  'upload-changed': () => 'The upload was changed while its rows were read.',
  'do-send-request-again': () => 'Send the request again.',
  'outputs-at-most': ({ max, characters }: { max: number; characters: number }) =>
    `At most ${max} outputs can be required, with names of at most ${characters} characters.`,
  'do-ask-to-answer': () => 'Only they and admins may answer for its rows.',
  'no-workflow-called': ({ wanted }: { wanted: string }) => `There is no workflow “${wanted}”.`,
  'do-workflows-are': ({ choices }: { choices: string[] }) =>
    `There ${plural(choices.length, 'is', 'are')} ${choices.join(', ')}.`,
  'do-workflows-and-more': ({ choices, more }: { choices: string[]; more: number }) =>
    `There are ${choices.join(', ')} and ${more} more.`,
  'many-workflows-called': ({ wanted }: { wanted: string }) => `“${wanted}” matches more than one workflow.`,
  'do-type-one-of': ({ choices }: { choices: string[] }) =>
    `Type one of these instead: ${choices.join(', ')}.`,
  'do-type-one-of-more': ({ choices, more }: { choices: string[]; more: number }) =>
    `Type one of these instead: ${choices.join(', ')} and ${more} more.`,
  'same-workflow-twice': () => 'A workflow cannot be compared with itself.',
  'do-choose-other-workflow': () => 'Choose another one to compare with.',
  'no-row-in-both': ({ a, b }: { a: string; b: string }) => `No row can run in both “${a}” and “${b}”.`,
  'do-check-needs': () => 'Check what each of them needs.',
  'nobody-with-id': () => 'Nobody with this id has run anything yet.',
  'do-people-appear': () => 'People appear in Usage once they have.',
  'nobody-called': ({ wanted }: { wanted: string }) => `Nobody called “${wanted}” has run anything yet.`,
  'do-people-are': ({ names }: { names: string[] }) => `These have: ${names.join(', ')}.`,
  'many-called': ({ wanted }: { wanted: string }) => `Several people are called “${wanted}”.`,
  'do-name-by-id': ({ names }: { names: string[] }) => `Name one by their id: ${names.join(', ')}.`,
  'earlier-task-changed': () => 'The earlier task, or the workflow, has changed meanwhile.',
  'do-check-file-again': () => 'Check the file again.',
  'database-unreachable': () => 'The database does not answer. Nothing was changed.',
  'do-wait-for-database': () =>
    'Try again in a moment. If it still does not answer, see that its server runs.',
  'database-locked': ({ file }: { file: string }) =>
    `The database file ${file} is locked by another program. Nothing was changed.`,
  'do-find-locker': ({ file }: { file: string }) =>
    `Try again in a minute. If that does not help, find the program that has the file open: often a database browser with unsaved changes, a backup, or a tool that syncs folders. On Linux and macOS, “lsof ${file}” in Rowbot’s data folder lists them.`,
  'encryption-off': () => 'ROWBOT_ENCRYPT_DATA is off, so nothing is encrypted. Nothing was changed.',
  'do-set-encryption-on': () =>
    'Set ROWBOT_ENCRYPT_DATA=true, on all machines, and restart Rowbot. Then try again.',
  'encryption-on': () =>
    'ROWBOT_ENCRYPT_DATA is on: what is decrypted would be encrypted again. Nothing was changed.',
  'do-set-encryption-off': () =>
    'Set ROWBOT_ENCRYPT_DATA=false, on all machines, and restart Rowbot. Then try again.',
  'encrypted-elsewhere': () =>
    'Another process encrypts or decrypts by now, since this one stood still for some seconds. Nothing is lost.',
  'do-encrypt-again': () => 'Run it again once the other one is done.',
  'data-key-not-decrypted': () =>
    'What is encrypted in this database cannot be decrypted with the secret key of this machine. Nothing was changed.',
  'do-restore-data-key': () =>
    'Put secret.key back from your backup, or set ROWBOT_SECRET_KEY to the key used before: rows and files cannot be read without it. See “Encryption” in docs/data.md.',
  'text-not-decrypted': ({ text }: { text: string }) =>
    `An encrypted text in the database cannot be decrypted: ${text}. It was changed, or is damaged.`,
  'do-restore-text': () =>
    'Put the database back from a backup, or delete what has this row. See “Encryption” in docs/data.md.',
  'key-not-decrypted': () => 'A workflow’s key cannot be decrypted: it was stored under another secret key.',
  'do-restore-secret-key': () =>
    'Set ROWBOT_SECRET_KEY (or the file secret.key in the data folder) to the one used before, or add the workflow again.',
  'no-limit-written': ({ written }: { written: string }) => `“${written}” is no limit.`,
  'do-write-limit': () =>
    'Write an amount and its currency, such as 5 USD, or a number of tokens, such as 200k tokens.',
  'task-at-limit': ({ spent, limit, left }: { spent: string; limit: string; left: number }) =>
    `${spent} of ${limit} spent; ${plural(left, '1 row', `${left} rows`)} left.`,
  'task-limit-untold': ({ limit }: { limit: string }) =>
    `No call has told what it cost, so that the limit of ${limit} cannot be held.`,
  'do-raise-limit': () => 'Raise its limit first, for all that it may cost.',
  'no-row-chosen': () => 'No row is chosen.',
  'do-choose-rows': () => 'Tick the rows that are to run again first.',
  'rows-running': ({ rows, count }: { rows: string; count: number }) =>
    `${plural(count, 'Row', 'Rows')} ${rows} ${plural(count, 'runs', 'run')} just now. Nothing was changed.`,
  'rows-waiting': ({ rows, count }: { rows: string; count: number }) =>
    `${plural(count, 'Row', 'Rows')} ${rows} ${plural(count, 'waits', 'wait')} for somebody’s answer. Nothing was changed.`,
  'rows-pending': ({ rows, count }: { rows: string; count: number }) =>
    `${plural(count, 'Row', 'Rows')} ${rows} ${plural(count, 'is', 'are')} still to run by ${plural(count, 'itself', 'themselves')}. Nothing was changed.`,
  'do-choose-others': () => 'Only rows that have run, or were stopped, can run again. Leave these out.',
  'rows-changed': () => 'A row has changed since you looked.',
  'task-is-compared': ({ task }: { task: string }) => `${task} is still compared with another workflow.`,
  'do-choose-one': () => 'Go on with one of the two first.',
  'row-call-open': ({ row }: { row: number }) =>
    `Dify has not said yet what became of the last call of row ${row}.`,
  'do-wait-for-call': () =>
    'Run the row again as it is, or wait a few minutes, before you change what it sends.',
  'inputs-of-one-row': () => 'Inputs can be changed for one row at a time.',
  'do-name-one-row': () => 'Name one row.',
  'no-input-edited': ({ row }: { row: number }) => `No input of row ${row} has been changed.`,
  'limit-raised-too-little': ({ spent, limit }: { spent: string; limit: string }) =>
    `The limit is ${limit} now, but ${spent} is spent already.`,
  'do-raise-limit-again': () => 'Raise it again, and the task continues.',
  'task-not-at-limit': ({ task }: { task: string }) => `${task} is not paused at its limit any more.`,
} as const
