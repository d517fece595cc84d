import { defineRule } from '../define-rule.ts'
import { registrationsOf } from '../source/registrations.ts'
import { placeOf } from '../source/source-tree.ts'

const HOOKS: ReadonlySet<string> = new Set(['onInstall', 'onUninstall', 'onEnable', 'onDisable', 'onUpgrade'])

export const v22HookArguments = defineRule({
  id: 'V22',
  needs: 'source',
  severity: 'ERROR',
  title: 'A hook takes its context and nothing else',
  *check({ source }) {
    for (const { registration, file, call, handler } of registrationsOf(source)) {
      if (registration === 'onRefresh') {
        yield {
          message: '`onRefresh` is no hook: nothing would ever call it',
          fix: 'Use a panel with `refresh`, or `ext.schedule(…)`.',
          at: placeOf(file, call),
        }
      }
      const extra = HOOKS.has(registration) ? handler?.node.params[1] : undefined
      if (extra === undefined || handler === undefined) continue
      yield {
        message: `The hook \`${registration}\` asks for a second argument, which nobody passes`,
        fix: 'Take `(ctx)`; what a hook needs is on it, for example `ctx.fromVersion`.',
        at: placeOf(handler.file, extra),
      }
    }
  },
})
