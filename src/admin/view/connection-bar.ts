import type { Visitor } from '../http/visitor.ts'
import { html, type Html } from './html.ts'

/**
 * Says that the page is not connected, that Rowbot is shutting down, or that the session has ended; the page’s script shows it, in the words that
 * are here. The seconds to the next try are outside of the sentence that a screen reader is told.
 */
export function connectionBar({ texts }: Visitor): Html {
  const { connection, keys } = texts.page
  return html`<div
      id="connection"
      hidden
      data-lost="${connection.lost('{time}')}"
      data-stopping="${connection.stopping}"
      data-stopped="${connection.stopped('{time}')}"
      data-refused-stopping="${connection.refusedStopping}"
      data-wait="${connection.wait('{seconds}')}"
      data-trying="${connection.trying}"
      data-again="${connection.again}"
      data-refused="${connection.refused}"
      data-unknown="${connection.unknown}"
      data-proxy="${connection.proxy('{status}')}"
      data-signed-out="${connection.signedOut}"
      data-not-signed-in="${connection.notSignedIn}"
    >
      <p>
        <span role="alert"></span> <span data-wait-shown></span>
        <span data-typed-shown hidden>${connection.typed}</span>
      </p>
      <button type="button" class="outline" data-try hidden>${connection.tryNow}</button>
      <a href="/sign-in" role="button" hidden>${connection.signIn}</a>
    </div>
    <p id="connected" class="hidden-text" role="status"></p>
    <div id="said" hidden>
      <div class="fault">
        <p></p>
        <button class="quiet" type="button" data-dismiss aria-label="${keys.close}">✕</button>
      </div>
    </div>`
}
