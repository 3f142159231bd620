import { Elysia } from 'elysia'
import { openApiOf, type OpenApi, type DocumentedRoute } from '../openapi.ts'
import type { AdminContext } from '../../options.ts'
import { operationArticle, verbMark } from './operation.ts'
import { fieldTable } from './schema.ts'
import { html, htmlResponse } from '../../view/html.ts'
import { page } from '../../view/layout.ts'
import { withVisitor } from '../../http/visitor.ts'

/** The API’s docs, as a page and as OpenAPI, generated from the schemas that validate its requests. */
export function docsPages({ assets, http }: AdminContext, routes: readonly DocumentedRoute[]) {
  // Built when it is first asked for: it takes longer than the rest of the page's start.
  let built: OpenApi | undefined
  const document = () => (built ??= openApiOf(routes, http.publicUrl))
  return new Elysia()
    .use(withVisitor())
    .get('/docs', ({ visitor, request }) =>
      htmlResponse(
        page(assets, visitor, {
          title: 'API',
          tab: 'api',
          main: docs(document(), http.publicUrl ?? new URL(request.url).origin),
        }),
      ),
    )
    .get('/docs/openapi.json', () => Response.json(document(), { headers: { 'cache-control': 'no-store' } }))
}

/** Always in English: so are the API’s names and descriptions. */
function docs({ info, tags, paths, components }: OpenApi, origin: string) {
  const operations = Object.entries(paths).flatMap(([path, verbs]) =>
    Object.entries(verbs).map(([verb, operation]) => ({ verb, path, operation, origin })),
  )
  const ofTag = (tag: string) => operations.filter(({ operation }) => operation.tags.includes(tag))
  return html`<div lang="en" class="docs">
    <div class="about">
      <div class="head"><h1>API</h1></div>
      <p>${info.description}</p>
      <p>
        Send the token with every request, as <code>Authorization: Bearer …</code>.
        <a href="/docs/openapi.json">openapi.json</a> has all of this for programs.
      </p>
    </div>
    <nav aria-label="Routes">
      ${tags.map(
        ({ name }) =>
          html`<h2>${name}</h2>
            <ul>
              ${ofTag(name).map(
                ({ verb, path, operation }) =>
                  html`<li>
                    <a href="#${operation.operationId}" title="${verb.toUpperCase()} ${path}"
                      >${verbMark(verb)} ${operation.summary}</a
                    >
                  </li>`,
              )}
            </ul>`,
      )}
    </nav>
    <div>
      ${tags.map(
        ({ name }) =>
          html`<section aria-label="${name}">
            <h2>${name}</h2>
            ${ofTag(name).map(operationArticle)}
          </section>`,
      )}
      <section aria-label="What is answered">
        <h2>What is answered</h2>
        ${Object.entries(components.schemas).map(
          ([name, schema]) =>
            html`<article id="schema-${name}">
              <h3>${name}</h3>
              ${fieldTable(schema)}
            </article>`,
        )}
      </section>
    </div>
  </div>`
}
