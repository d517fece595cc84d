import type { BrowserContext, Page } from 'playwright-core'

/** Runs before every page: not every refusal of its policy is written to the console, a tried `new Function` is not. In frames nothing may run. */
const TELL_REFUSALS = `if (self === top) addEventListener('securitypolicyviolation', (refusal) => {
  console.error('refused by the policy of the page: ' + refusal.effectiveDirective + ' ' + refusal.blockedURI + ' ' + refusal.sample)
})`

/** Has what the policy refuses written to the console of every page of a context. */
export const tellRefusals = (context: BrowserContext): Promise<unknown> => context.addInitScript(TELL_REFUSALS)

/** Everything that the browser complains about from now on: errors, and what the policy of the page refuses. */
export function complaintsOf(page: Page): string[] {
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`${message.text()} (${message.location().url})`)
  })
  page.on('pageerror', (error) => complaints.push(error.stack ?? error.message))
  return complaints
}
