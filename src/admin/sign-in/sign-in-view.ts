import type { Assets } from '../assets.ts'
import type { Visitor } from '../http/visitor.ts'
import { type Html, html } from '../view/html.ts'
import { page } from '../view/layout.ts'

export interface SignInAsked {
  /** where to go afterwards */
  next: string
  fault?: string
}

/** The page that asks for a token, or sends to the provider. */
export function signInView(
  { assets, provider }: { assets: Assets; provider: { name: string } | undefined },
  visitor: Visitor,
  { next, fault }: SignInAsked,
): Html {
  const { signIn } = visitor.texts.page
  const isSentHere = next !== '' && fault === undefined
  const to = `/sign-in/provider?${new URLSearchParams({ next }).toString()}`
  return page(assets, visitor, {
    title: signIn.title,
    isNarrow: true,
    main: html`<article class="sign-in">
      <h1>Rowbot</h1>
      ${fault === undefined ? '' : html`<p class="fault" role="alert">${fault}</p>`}${isSentHere ? html`<p>${signIn.needed}</p>` : ''}
      ${
        provider
          ? html`<p><a href="${to}" role="button">${signIn.withProvider(provider.name)}</a></p>
              <p class="faint">${signIn.orToken}</p>`
          : ''
      }
      <form action="/sign-in" method="post">
        <input type="hidden" name="next" value="${next}" />
        <label
          >${signIn.name}<input
            name="name"
            maxlength="60"
            autocomplete="name"
            aria-describedby="name-hint" /></label
        ><small id="name-hint">${signIn.nameHint}</small>
        <label
          >${signIn.token}<input
            name="token"
            type="password"
            required
            autocomplete="current-password"
            aria-describedby="token-hint"
            ${provider ? '' : html`autofocus`} /></label
        ><small id="token-hint">${signIn.tokenHint}</small>
        <button class="${provider ? 'outline' : ''}">${signIn.submit}</button>
      </form>
    </article>`,
  })
}
