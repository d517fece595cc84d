import type { Validation } from './context.ts'
import { checkSteps, checkUnique } from './functions.ts'

const SECTION = /^[a-z][a-z0-9_]{0,47}$/
const MAY_FEED: ReadonlySet<string> = new Set(['store.get', 'store.list', 'conditional'])

/** Skeleton sections: names, time to live, producers that only read (IR30, IR36, IR37). */
export function checkSections(validation: Validation): void {
  const { issues, document } = validation
  const sections = document.app.skeleton
  checkUnique(
    'section',
    sections.map((one) => one.section),
    'app.skeleton',
    validation,
  )
  for (const [index, { section, producer, ttl }] of sections.entries()) {
    const path = `app.skeleton.${index}`
    if (section !== '' && !SECTION.test(section))
      issues.error('IR1', `${path}.section: String should match pattern '${SECTION.source}'`, `${path}.section`)
    if (Number.isFinite(ttl) && (ttl < 30 || ttl > 86_400))
      issues.error('IR37', `skeleton '${section}': ttl must be 30..86400`, `${path}.ttl`)
    checkSteps({ name: section, path: `${path}.producer.declarative.steps`, steps: producer }, validation)
    for (const [at, step] of producer.entries())
      if (!MAY_FEED.has(step.action))
        issues.error(
          'IR36',
          `skeleton '${section}': step '${step.id}' uses ${step.action}; producers may only read`,
          `${path}.producer.declarative.steps.${at}`,
        )
  }
}
