import { defineRule } from '../define-rule.ts'
import { registrationsOf } from '../source/registrations.ts'
import { placeOf } from '../source/source-tree.ts'

const PREFIX = 'skeleton_refresh_'

const message = (name: string): string =>
  `Tool '${name}' takes the place of the skeleton section '${name.slice(PREFIX.length)}'`
const fix = (name: string): string =>
  `Use \`ext.skeleton('${name.slice(PREFIX.length)}', {}, async (ctx) => ({ response: { … } }))\`.`

/** The part of the rule that sources show without being loaded. */
export const manifestSkeleton1Source = defineRule({
  id: 'MANIFEST-SKELETON-1',
  needs: 'source',
  severity: 'ERROR',
  title: 'Skeleton sections are registered as skeletons',
  *check({ source }) {
    for (const { registration, name, file, call } of registrationsOf(source)) {
      if (registration !== 'tool' || !name?.startsWith(PREFIX)) continue
      yield { message: message(name), fix: fix(name), at: placeOf(file, call) }
    }
  },
})

export const manifestSkeleton1 = defineRule({
  id: 'MANIFEST-SKELETON-1',
  needs: 'extension',
  severity: 'ERROR',
  title: 'Skeleton sections are registered as skeletons',
  *check({ extension }) {
    for (const [name, { kind }] of extension.tools ?? []) {
      if (!name.startsWith(PREFIX) || kind === 'skeleton') continue
      yield { message: message(name), fix: fix(name), at: { registration: 'tool', name } }
    }
  },
})
