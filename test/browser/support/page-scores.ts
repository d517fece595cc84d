import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'

/** What a page comes to, each from 0 to 100, and what it lost points for. */
export interface Scores {
  readonly accessibility: number
  readonly bestPractice: number
  readonly lost: readonly string[]
}

interface Audit {
  readonly id: string
  readonly weight: number
  readonly isPassed: boolean
}

const IMPACT_WEIGHT = { critical: 10, serious: 7, moderate: 3, minor: 1 } as const

async function accessibilityOf(page: Page): Promise<Audit[]> {
  const { passes, violations } = await new AxeBuilder({ page }).analyze()
  const weigh = (isPassed: boolean) => (rule: { id: string; impact?: string | null }) => {
    const impact = rule.impact as keyof typeof IMPACT_WEIGHT | null | undefined // axe's own words
    return { id: rule.id, weight: impact ? IMPACT_WEIGHT[impact] : IMPACT_WEIGHT.moderate, isPassed }
  }
  return [...passes.map(weigh(true)), ...violations.map(weigh(false))]
}

/** Runs in the page: the questions of best practice that its document answers, and how much each weighs. */
const ASK_DOCUMENT = `(() => {
  const fields = [...document.querySelectorAll('input:not([readonly]), textarea:not([readonly])')]
  const takesPaste = (field) => field.dispatchEvent(new ClipboardEvent('paste', { cancelable: true, bubbles: true, clipboardData: new DataTransfer() }))
  const pictures = [...document.images].filter((image) => image.naturalWidth > 0 && image.clientWidth > 0)
  const isTrue = (image) => getComputedStyle(image).objectFit !== 'fill' || /\\.svg($|\\?)/.test(image.currentSrc)
    || Math.abs(image.clientWidth / image.clientHeight - image.naturalWidth / image.naturalHeight) < 0.05
  return [
    ['doctype', 1, document.doctype?.name === 'html' && document.compatMode === 'CSS1Compat'],
    ['charset', 1, document.characterSet === 'UTF-8'],
    ['viewport', 1, /width=device-width/.test(document.querySelector('meta[name=viewport]')?.content ?? '')],
    ['paste-preventing-inputs', 3, fields.every(takesPaste)],
    ['image-aspect-ratio', 1, pictures.every(isTrue)],
  ]
})()`

/** Runs before the page: what it asks the person for without being touched. */
const WATCH_REQUESTS = `globalThis.asked = []
navigator.geolocation.getCurrentPosition = navigator.geolocation.watchPosition = () => void asked.push('geolocation')
if (globalThis.Notification) Notification.requestPermission = () => (asked.push('notification'), Promise.resolve('default'))`

/** The code of an issue, and what exactly it is about where that has a name. */
const nameOf = ({ code, details }: { readonly code: string; readonly details: object }): string => {
  const kinds = Object.values(details).flatMap((detail: object) => Object.values(detail))
  return [code, ...kinds.filter((kind) => typeof kind === 'string' && /^k?[A-Z]\w+$/.test(kind))].join(' ')
}

/**
 * Opens the address and rates it by the questions and weights of Lighthouse's categories "accessibility" (axe's rules
 * by their impact) and "best practices" (the document, and what Chromium itself reports as an issue, a deprecated call
 * or an error). The page counts as secure, since it is at this machine.
 */
export async function rate(page: Page, address: string, isReady: () => Promise<void>): Promise<Scores> {
  const chromium = await page.context().newCDPSession(page)
  const issues: string[] = []
  const errors: string[] = []
  chromium.on('Audits.issueAdded', ({ issue }) => void issues.push(nameOf(issue)))
  chromium.on('Log.entryAdded', ({ entry }) => void (entry.level === 'error' && errors.push(entry.text)))
  page.on('pageerror', (error) => void errors.push(error.message))
  await page.addInitScript(WATCH_REQUESTS)
  await chromium.send('Audits.enable')
  await chromium.send('Log.enable')
  await page.goto(address)
  await isReady()
  // What axe does to the page is not of the page.
  await chromium.send('Audits.disable')
  const accessibility = await accessibilityOf(page)
  const document = (await page.evaluate(ASK_DOCUMENT)) as [id: string, weight: number, isPassed: boolean][]
  const asked = (await page.evaluate('asked')) as string[]
  await chromium.detach()
  const has = (...codes: readonly string[]) => issues.some((code) => codes.some((one) => code.startsWith(one)))
  const bestPractice: Audit[] = [
    ...document.map(([id, weight, isPassed]) => ({ id, weight, isPassed })),
    { id: 'deprecations', weight: 5, isPassed: !has('DeprecationIssue') },
    { id: 'third-party-cookies', weight: 5, isPassed: !has('CookieIssue', 'CookieDeprecationMetadataIssue') },
    { id: `inspector-issues: ${issues.join(', ')}`, weight: 1, isPassed: issues.length === 0 },
    { id: `errors-in-console: ${errors.join(', ')}`, weight: 1, isPassed: errors.length === 0 },
    { id: 'geolocation-on-start', weight: 1, isPassed: !asked.includes('geolocation') },
    { id: 'notification-on-start', weight: 1, isPassed: !asked.includes('notification') },
    { id: 'is-on-https', weight: 5, isPassed: !has('MixedContentIssue') },
  ]
  return {
    accessibility: scoreOf(accessibility),
    bestPractice: scoreOf(bestPractice),
    lost: [...accessibility, ...bestPractice].filter(({ isPassed }) => !isPassed).map(({ id }) => id),
  }
}

function scoreOf(audits: readonly Audit[]): number {
  const sum = (some: readonly Audit[]) => some.reduce((total, { weight }) => total + weight, 0)
  return Math.round((sum(audits.filter(({ isPassed }) => isPassed)) / sum(audits)) * 100)
}
