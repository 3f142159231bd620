import type { WorkflowAccess } from '../../db/workflows/access.ts'
import type { Texts } from '../../messages/texts/texts.ts'
import { CALL_LIMIT, PER_MINUTE, TOKENS_PER_MINUTE } from '../../app/workflow-settings.ts'
import { type Html, html } from '../view/html.ts'
import { isolated } from '../view/value.ts'

/** What is wrong, and in which field. */
export interface FormFault {
  field?: string
  message: string
  hint?: string | undefined
}

export interface FormContent {
  title: string
  /** where it is sent; a GET of the same URL shows the form */
  action: string
  fields: Html
  /** label of the button; undefined: it cannot be done now */
  submit: string | undefined
  isDanger?: boolean
  fault?: FormFault | undefined
  /** where “cancel” leads without script; default: the workflows */
  back?: string
  /** false without script: the form is a page of its own, and its answer is the next page */
  inDialog: boolean
}

/** A form about a workflow: in a dialog, or as a page of its own. */
export function workflowForm(
  { title, action, fields, submit, isDanger = false, fault, back = '/workflows', inDialog }: FormContent,
  { workflowsPage: { forms }, page: { marks } }: Texts,
): Html {
  const byScript = inDialog
    ? html`hx-post="${action}" hx-target="#main" hx-select="#main" hx-swap="outerMorph"`
    : ''
  return html`<article id="question" class="asks">
    ${inDialog ? html`<h2 id="dialog-title">${title}</h2>` : html`<h1>${title}</h1>`}
    ${
      fault
        ? html`<p class="fault" role="alert" id="form-fault">
            ${fault.message}${fault.hint === undefined ? '' : `${marks.stop}${fault.hint}`}
          </p>`
        : ''
    }
    <form action="${action}" method="post" autocomplete="off" ${byScript}>
      ${fields}
      <div class="acts">
        ${submit === undefined ? '' : html`<button class="${isDanger ? 'danger' : ''}">${submit}</button>`}
        <a href="${back}" role="button" class="outline" data-close>${forms.cancel}</a>
      </div>
    </form>
  </article>`
}

/** Never filled in, not even with what was just typed. */
export function keyField(hint: string, { workflowsPage: { forms } }: Texts, fault?: FormFault): Html {
  return html`<label for="api-key">${forms.key}</label>
    <input
      id="api-key"
      name="apiKey"
      type="password"
      required
      autocomplete="off"
      spellcheck="false"
      maxlength="500"
      placeholder="app-…"
      ${wrong('apiKey', fault, 'api-key-hint')}
      autofocus
    />
    <small id="api-key-hint">${hint}</small>`
}

export function urlField(value: string, { workflowsPage: { forms } }: Texts, fault?: FormFault): Html {
  return html`<label for="dify-url">${forms.url}</label>
    <input
      id="dify-url"
      name="url"
      value="${value}"
      required
      inputmode="url"
      spellcheck="false"
      autocapitalize="none"
      maxlength="500"
      ${wrong('url', fault, 'dify-url-hint')}
    />
    <small id="dify-url-hint">${forms.urlHint}</small>`
}

export function limitField(
  value: string,
  { isRequired }: { isRequired: boolean },
  { workflowsPage: { forms } }: Texts,
  fault?: FormFault,
): Html {
  return html`<label for="call-limit">${forms.limit}</label>
    <input
      id="call-limit"
      name="limit"
      type="number"
      min="${CALL_LIMIT.min}"
      max="${CALL_LIMIT.max}"
      step="1"
      value="${value}"
      placeholder="${CALL_LIMIT.usual}"
      ${isRequired ? html`required autofocus` : ''}
      ${wrong('limit', fault, 'call-limit-hint')}
    />
    <small id="call-limit-hint">${forms.limitHint(CALL_LIMIT.usual)}</small>`
}

/** As it was typed. */
export interface TypedLimits {
  limit: string
  perMinute: string
  tokensPerMinute: string
  perTask: string
}

export function rateFields(typed: TypedLimits, { workflowsPage: { forms } }: Texts, fault?: FormFault): Html {
  const field = (
    name: 'perMinute' | 'tokensPerMinute',
    id: string,
    label: string,
    { min, max }: NumberRange,
  ) =>
    html`<label for="${id}">${label}</label>
      <input
        id="${id}"
        name="${name}"
        type="number"
        min="${min}"
        max="${max}"
        step="1"
        value="${typed[name]}"
        ${wrong(name, fault, 'rates-hint')}
      />`
  return html`${field('perMinute', 'calls-per-minute', forms.perMinute, PER_MINUTE)}
    ${field('tokensPerMinute', 'tokens-per-minute', forms.tokensPerMinute, TOKENS_PER_MINUTE)}
    <small id="rates-hint">${forms.ratesHint}</small>`
}

/** How much a task may cost. */
export function perTaskField(
  { perTask }: TypedLimits,
  { workflowsPage: { forms } }: Texts,
  fault?: FormFault,
): Html {
  return html`<label for="per-task">${forms.perTask}</label>
    <input
      id="per-task"
      name="perTask"
      value="${perTask}"
      maxlength="40"
      placeholder="5 USD"
      ${wrong('perTask', fault, 'per-task-hint')}
    />
    <small id="per-task-hint">${forms.perTaskHint}</small>`
}

export function consoleField(typed: string, { workflowsPage: { forms } }: Texts, fault?: FormFault): Html {
  return html`<label for="console-url">${forms.consoleUrl}</label>
    <input
      id="console-url"
      name="consoleUrl"
      value="${typed}"
      maxlength="500"
      inputmode="url"
      spellcheck="false"
      placeholder="https://dify.example.com/app/…"
      ${wrong('consoleUrl', fault, 'console-url-hint')}
    />
    <small id="console-url-hint">${forms.consoleHint}</small>`
}

interface NumberRange {
  min: number
  max: number
}

/** As it was typed. */
export interface TypedAccess extends Record<keyof WorkflowAccess, string> {
  who: 'everyone' | 'only'
}

export function accessFields(
  typed: TypedAccess,
  { workflowsPage: { forms } }: Texts,
  fault?: FormFault,
): Html {
  const choice = (who: TypedAccess['who'], label: string) =>
    html`<label
      ><input type="radio" name="who" value="${who}" ${typed.who === who ? html`checked` : ''} />
      ${label}</label
    >`
  const ids = (field: keyof WorkflowAccess, label: string, hint: string) =>
    html`<label for="access-${field}">${label}</label>
      <input
        id="access-${field}"
        name="${field}"
        value="${typed[field]}"
        spellcheck="false"
        autocapitalize="none"
        maxlength="4000"
        ${wrong(field, fault, `access-${field}-hint`)}
      />
      <small id="access-${field}-hint">${hint}</small>`
  return html`<p class="faint">${forms.accessHint}</p>
    <fieldset>
      ${choice('everyone', forms.everyone)}${choice('only', forms.only)}
      <small>${forms.onlyHint}</small>
    </fieldset>
    ${ids('users', forms.users, forms.usersHint)}${ids('channels', forms.channels, forms.channelsHint)}
    ${ids('roles', forms.roles, forms.rolesHint)}`
}

/**
 * @param recent those that it has given lately
 * @param required those that must be there
 */
export function outputFields(
  { recent, required, others }: { recent: string[]; required: readonly string[]; others: string },
  { workflowsPage: { forms } }: Texts,
  fault?: FormFault,
): Html {
  const all = [...new Set([...recent, ...required])]
  return html`<p class="faint">${forms.outputsHint}</p>
    ${
      all.length === 0
        ? ''
        : html`<fieldset>
            ${all.map(
              (name) =>
                html`<label
                  ><input
                    type="checkbox"
                    name="required"
                    value="${name}"
                    ${required.includes(name) ? html`checked` : ''}
                  />
                  <code>${isolated(name)}</code></label
                >`,
            )}
          </fieldset>`
    }
    <label for="other-outputs">${all.length === 0 ? forms.outputs : forms.otherOutputs}</label>
    <input
      id="other-outputs"
      name="others"
      value="${others}"
      spellcheck="false"
      autocapitalize="none"
      maxlength="4000"
      placeholder="text, score"
      ${wrong('others', fault, 'other-outputs-hint')}
    />
    <small id="other-outputs-hint">${forms.otherOutputsHint}</small>`
}

/** Marks the field that a fault is about. */
export function wrong(field: string, fault: FormFault | undefined, hintId: string): Html {
  return fault?.field === field
    ? html`aria-invalid="true" aria-describedby="form-fault ${hintId}"`
    : html`aria-describedby="${hintId}"`
}
