import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'

export interface Looking {
  /** What belongs to others, or is looked at elsewhere. */
  readonly exclude?: readonly string[]
  /** Only these rules. */
  readonly only?: readonly string[]
  readonly without?: readonly string[]
  /** Only what weighs that much. */
  readonly impact?: readonly string[]
}

/**
 * What axe has against a page as it stands, with the places. Frames hold foreign markup, in which no script runs, axe's
 * neither. The page itself puts the result together and keeps no list of what is right: a page opened for that, which is
 * axe's other way, costs more than the look.
 */
export async function violationsOf(page: Page, looking: Looking = {}): Promise<string[]> {
  const axe = new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ['violations'], iframes: false })
  for (const selector of ['iframe', ...(looking.exclude ?? [])]) axe.exclude(selector)
  if (looking.only !== undefined) axe.withRules([...looking.only])
  if (looking.without !== undefined) axe.disableRules([...looking.without])
  const { violations } = await axe.analyze()
  return violations
    .filter(({ impact }) => looking.impact === undefined || looking.impact.includes(String(impact)))
    .flatMap(({ id, help, nodes }) => nodes.map((node) => `${id}: ${help} at ${node.target.join(' ')} ${node.html}`))
}
