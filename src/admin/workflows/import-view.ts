import { bareAddress } from '../../app/bare-address.ts'
import type { FoundApps, ImportableApp, ImportedApp } from '../../app/import-workflows.ts'
import { faultParts } from '../../messages/fault-text.ts'
import type { Texts } from '../../messages/texts/texts.ts'
import { type Html, html, type Renderable } from '../view/html.ts'
import { isolated, plainText } from '../view/value.ts'
import { type FormFault, wrong } from './form.ts'
import type { FormAsked } from './forms.ts'

/** Where a Dify server is named. The key is never filled in, not even with what was just typed. */
export function importForm(
  typed: { url: string; workspace: string },
  texts: Texts,
  fault: FormFault | undefined,
): FormAsked {
  const said = texts.workflowImport
  const field = (name: string, id: string, label: string, hint: Renderable, attributes: Html) =>
    html`<label for="${id}">${label}</label>
      <input
        id="${id}"
        name="${name}"
        required
        autocomplete="off"
        spellcheck="false"
        autocapitalize="none"
        maxlength="500"
        ${attributes}
        ${wrong(name, fault, `${id}-hint`)}
      />
      <small id="${id}-hint">${hint}</small>`
  return {
    title: said.title,
    action: '/workflows/import',
    fields: html`<p class="faint">
        ${said.intro(html`<code>ADMIN_API_KEY_ENABLE=true</code>`, html`<code>ADMIN_API_KEY=…</code>`)}
      </p>
      ${field('url', 'server-url', said.url, said.urlHint, html`value="${typed.url}" inputmode="url" placeholder="https://dify.example.com/v1" autofocus`)}
      ${field('adminKey', 'admin-key', said.adminKey, said.adminKeyHint(html`<code>ADMIN_API_KEY</code>`), html`type="password"`)}
      ${field('workspace', 'workspace-id', said.workspace, said.workspaceHint(html`<code>${TENANTS}</code>`), html`value="${typed.workspace}"`)}`,
    submit: said.submit,
    fault,
  }
}

/** In the folder docker of Dify; before Dify 1.10.1 the service is called db. */
const TENANTS = 'docker compose exec db_postgres psql -U postgres dify -c "select id, name from tenants"'

/** The apps to choose from; those that are here already cannot be chosen. */
export function importChoice(
  { baseUrl, apps, others }: FoundApps,
  { sealed, fault }: { sealed: string; fault: string | undefined },
  texts: Texts,
): Html {
  const said = texts.workflowImport
  const fresh = apps.filter(({ workflowId }) => workflowId === undefined)
  return html`<div class="head">
      <h1>${isolated(said.choose(bareAddress(baseUrl).replace(/\/v1$/, '')))}</h1>
    </div>
    <p class="faint">
      ${apps.length === 0 ? said.none : fresh.length === 0 ? said.allHere : said.chooseIntro}
    </p>
    ${fault === undefined ? '' : html`<p class="fault" role="alert" id="choice-fault">${fault}</p>`}
    <form action="/workflows/import/add" method="post">
      <input type="hidden" name="sealed" value="${sealed}" />
      ${
        apps.length === 0
          ? ''
          : html`<fieldset
              aria-label="${said.legend}"
              ${fault === undefined ? '' : html`aria-describedby="choice-fault"`}
            >
              <ul class="imports">
                ${apps.map((app) => html`<li>${choiceOf(app, texts)}</li>`)}
              </ul>
            </fieldset>`
      }
      ${others === 0 ? '' : html`<p class="faint">${said.others(others)}</p>`}
      <div class="acts">
        ${
          fresh.length === 0
            ? ''
            : html`<button>${said.addChosen}</button>
                <button class="outline" name="all" value="yes">${said.addAll(fresh.length)}</button>`
        }
        <a href="/workflows" role="button" class="outline">${texts.workflowsPage.forms.cancel}</a>
      </div>
    </form>`
}

function choiceOf(app: ImportableApp, texts: Texts): Html {
  const { id, workflowId } = app
  const { workflowImport: said } = texts
  if (workflowId !== undefined)
    return html`<p class="not-new">
        ${nameOf(app, texts)} · <a href="/workflows/${workflowId}">${said.here}</a>
      </p>
      ${aboutOf(app)}`
  return html`<label><input type="checkbox" name="app" value="${id}" />${nameOf(app, texts)}</label
    >${aboutOf(app)}`
}

/** @param href where its name leads */
function nameOf({ name, mode }: Pick<ImportedApp, 'name' | 'mode'>, texts: Texts, href?: string): Html {
  const kind = mode && texts.workflowsPage.kinds[mode]
  const shown = html`<strong>${isolated(plainText(name))}</strong>`
  return html`${href === undefined ? shown : html`<a href="${href}">${shown}</a>`}
  ${kind === undefined ? '' : html`<span class="faint">${kind}</span>`}`
}

function aboutOf({ description }: Pick<ImportableApp, 'description'>): Html {
  return description === '' ? html`` : html`<small>${isolated(plainText(description))}</small>`
}

/** What came of each app: first what failed, which can be tried again; last what was here. */
export function importResult(imported: ImportedApp[], { sealed }: { sealed: string }, texts: Texts): Html {
  const said = texts.workflowImport
  const ofKind = (wanted: ImportedApp['kind']) => imported.filter(({ kind }) => kind === wanted)
  const [failed, added, existing] = [ofKind('failed'), ofKind('added'), ofKind('existing')]
  const isNew = failed.length + added.length > 0
  return html`<div class="head"><h1>${said.resultTitle}</h1></div>
    <p class="${failed.length === 0 ? 'told' : 'fault'}" role="status">
      ${isNew ? said.result(added.length, failed.length) : said.allHere}
    </p>
    <ul class="imports">
      ${[...failed, ...added, ...existing].map((app) => html`<li>${resultOf(app, texts)}</li>`)}
    </ul>
    <form action="/workflows/import/add" method="post">
      <div class="acts">
        <a href="/workflows" role="button">${said.toWorkflows}</a>
        ${
          failed.length === 0
            ? ''
            : html`<input type="hidden" name="sealed" value="${sealed}" />
                ${failed.map(({ id }) => html`<input type="hidden" name="app" value="${id}" />`)}
                <button class="outline">${said.again(failed.length)}</button>`
        }
      </div>
    </form>`
}

function resultOf(app: ImportedApp, texts: Texts): Html {
  const { workflowImport: said } = texts
  switch (app.kind) {
    case 'added':
      return html`<p>
          ${mark('succeeded', '✓', said.added)} ${nameOf(app, texts, `/workflows/${app.workflow.id}`)}
        </p>
        ${app.isKeyShared ? html`<small>${said.sharedKey}</small>` : ''}`
    case 'existing':
      return html`<p>
        ${mark('pending', '●', said.here)} ${nameOf(app, texts, `/workflows/${app.workflowId}`)}
      </p>`
    case 'failed': {
      const { message, hint } = faultParts(app.why, texts)
      return html`<p>${mark('failed', '✕', said.failed)} ${nameOf(app, texts)}</p>
        <small>${isolated(`${message} ${hint ?? ''}`.trim())}</small>`
    }
  }
}

function mark(state: string, sign: string, label: string): Html {
  return html`<span class="state state-${state}"><span aria-hidden="true">${sign}</span> ${label}</span>`
}
