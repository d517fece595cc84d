declare const CLEAN: unique symbol

/** HTML that the sanitiser made, and documents that hold nothing else from outside. */
export type CleanHtml = string & { readonly [CLEAN]: true }

/** What the browser needs of Trusted Types; a browser without them has no `trustedTypes`. */
interface Factory {
  createPolicy(
    name: string,
    rules: { createHTML(html: string): string | null },
  ): { createHTML(html: string): TrustedHTML }
}

let clean: ((html: string) => CleanHtml) | undefined
let passing = false

/**
 * The page's one policy for Trusted Types (ui 6.7). A text that some library hands to the browser as markup goes through
 * the sanitiser, and is refused as long as nothing has fetched that. Addresses of scripts and code are always refused: the
 * policy has no rule for them.
 */
const policy = (globalThis as { trustedTypes?: Factory }).trustedTypes?.createPolicy('default', {
  // Without this character a text makes no element, whatever it is put into.
  createHTML: (html) => (passing || !html.includes('<') ? html : (clean?.(html) ?? null)),
})

function pass(html: string): TrustedHTML | string {
  if (policy === undefined) return html
  passing = true
  try {
    return policy.createHTML(html)
  } finally {
    passing = false
  }
}

/**
 * Marks clean HTML as such, for the one assignment that it is made for. Each call gives another object: keep it as long
 * as the text stays the same. A browser without Trusted Types gets the text.
 */
export function trusted(html: CleanHtml): TrustedHTML | string {
  return pass(html)
}

/** How the sanitiser itself reads: foreign HTML, as it came, into a document in which nothing runs. */
export const READING = {
  createHTML: pass,
  createScriptURL(address: string): never {
    throw new Error(`The sanitiser lets no address of a script through, and this is one: ${address}.`)
  },
}

/** Called by the sanitiser when its code has arrived. */
export function cleanWith(sanitiser: (html: string) => CleanHtml): void {
  clean = sanitiser
}
