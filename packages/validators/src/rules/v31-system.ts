import { defineRule } from '../define-rule.ts'

export const v31System = defineRule({
  id: 'V31',
  needs: 'manifest',
  severity: 'ERROR',
  title: 'Only first-party apps are system apps',
  *check({ manifest, env }) {
    const { IMPERAL_AUTHOR_ID: author = '', IMPERAL_FIRSTPARTY_AUTHOR_IDS: list = '' } = env
    if (!manifest.system || author === '' || list === '') return
    const firstParty = list.split(',').map((id) => id.trim())
    if (firstParty.includes(author)) return
    yield {
      message: `'${manifest.appId}' calls itself a system app, which is reserved for first-party apps`,
      fix: 'Drop `system: true`.',
      at: { registration: 'extension', option: 'system' },
    }
  },
})
