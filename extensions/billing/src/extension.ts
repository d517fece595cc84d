import { ChatExtension, Extension } from '@imperal/sdk'

export const ext = new Extension('billing', {
  version: '1.0.0',
  displayName: 'Billing',
  description:
    'Credits and plans: what your wallet holds and was used for, and buying more. Money moves when you release it in the panel.',
  icon: 'icon.svg',
  capabilities: ['billing:read', 'billing:write'],
  system: true,
})

export const chat = new ChatExtension(ext, {
  toolName: 'billing',
  description:
    'Shows the balance of the wallet, its latest movements and the plans on offer; buys credits and changes the plan.',
  systemPrompt:
    'Billing module. Credits are whole numbers; one credit is a thousandth of a dollar. What moves money waits until its user has released it in the panel.',
})

export const TokensBought = ext.emits('billing.tokens_bought')
export const PlanChanged = ext.emits('billing.plan_changed')
