import { defineRule } from '../define-rule.ts'

export const v34Capabilities = defineRule({
  id: 'V34',
  needs: 'manifest',
  severity: 'WARN',
  title: 'An extension says what it may do',
  *check({ manifest }) {
    if (manifest.capabilities.length > 0 || manifest.tools.some(({ scopes }) => scopes.length > 0)) return
    yield {
      level: manifest.system ? 'ERROR' : 'WARN',
      message: 'Neither capabilities nor scopes of tools are declared, so the app asks its users for everything',
      fix: `Declare them: \`capabilities: ['${manifest.appId || 'my-app'}:read']\`.`,
      at: { registration: 'extension' },
    }
  },
})
