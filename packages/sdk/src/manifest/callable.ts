import type { ActionType } from '../extension/declarations.ts'
import type { Registry } from '../extension/registry.ts'

/** One thing that the platform can call by name. */
export interface CallableInfo {
  readonly name: string
  readonly description: string
  readonly scopes: readonly string[]
  readonly actionType: ActionType
  readonly kind: 'tool' | 'chat_function'
  readonly ownerChatTool: string
}

/** Everything callable in manifest order: plain tools, then the functions of each chat extension. */
export function callableFunctions(
  extension: Registry,
  options: { includeSynthetic?: boolean } = {},
): readonly CallableInfo[] {
  const tools = [...extension.tools.values()]
    .filter(({ name }) => options.includeSynthetic === true || !name.startsWith('__'))
    .map(({ name, description, scopes }) => {
      return { name, description, scopes, actionType: 'read', kind: 'tool', ownerChatTool: '' } as const
    })
  const functions = [...extension.chatExtensions.keys()].flatMap((chat) =>
    [...extension.functions.values()]
      .filter(({ ownerChatTool }) => ownerChatTool === chat)
      .map(({ name, description, actionType }) => {
        return { name, description, scopes: [], actionType, kind: 'chat_function', ownerChatTool: chat } as const
      }),
  )
  return [...tools, ...functions]
}
