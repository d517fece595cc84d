import { defineRule } from '../define-rule.ts'

const PREFIX = 'skeleton_refresh_'

export const manifestSkeleton1 = defineRule({
  id: 'MANIFEST-SKELETON-1',
  needs: 'extension',
  severity: 'ERROR',
  title: 'Skeleton sections are registered as skeletons',
  *check({ extension }) {
    for (const [name, { kind }] of extension.tools ?? []) {
      if (!name.startsWith(PREFIX) || kind === 'skeleton') continue
      const section = name.slice(PREFIX.length)
      yield {
        message: `Tool '${name}' takes the place of the skeleton section '${section}'`,
        fix: `Use \`ext.skeleton('${section}', {}, async (ctx) => ({ response: { … } }))\`.`,
        at: { registration: 'tool', name },
      }
    }
  },
})
