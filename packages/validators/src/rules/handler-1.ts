import { defineRule } from '../define-rule.ts'
import { type Registration, registrationsOf } from '../source/registrations.ts'
import { placeOf } from '../source/source-tree.ts'

/** Arguments of each registration whose last one is its handler, and what the handler gets. */
const NEEDED: Readonly<Record<string, readonly [number, string]>> = {
  function: [3, '(ctx, params)'],
  tool: [3, '(ctx, params)'],
  panel: [3, '(ctx, params)'],
  schedule: [3, '(ctx)'],
  skeleton: [3, '(ctx)'],
  skeletonAlert: [2, '(ctx, change)'],
  signal: [2, '(ctx, payload)'],
  webhook: [3, '(ctx, request)'],
  expose: [3, '(ctx, params)'],
  tray: [3, '(ctx)'],
  widget: [3, '(ctx)'],
  onEvent: [2, '(ctx, event)'],
  onUpgrade: [2, '(ctx)'],
  onInstall: [1, '(ctx)'],
  onUninstall: [1, '(ctx)'],
  onEnable: [1, '(ctx)'],
  onDisable: [1, '(ctx)'],
  healthCheck: [1, '(ctx)'],
}

const hasSpread = ({ call }: Registration): boolean => call.arguments.some(({ type }) => type === 'SpreadElement')

export const handler1 = defineRule({
  id: 'HANDLER-1',
  needs: 'source',
  severity: 'ERROR',
  title: 'Every registration has its handler',
  *check({ source }) {
    for (const registration of registrationsOf(source)) {
      const [least, parameters] = NEEDED[registration.registration] ?? [0, '']
      const { call, file, name = '?', isCertain } = registration
      // A test kit has methods of the same names.
      if (!isCertain || call.arguments.length >= least || hasSpread(registration)) continue
      yield {
        message: `\`${registration.registration}\` '${name}' has ${call.arguments.length} argument${call.arguments.length === 1 ? '' : 's'} and no handler, so nothing would run`,
        fix: `Give the handler as the last argument: \`${parameters} => …\`.`,
        at: placeOf(file, call),
      }
    }
  },
})
