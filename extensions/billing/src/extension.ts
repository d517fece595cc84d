import { ChatExtension, Extension } from '@imperal/sdk'

export const ext = new Extension('billing', {
  version: '1.0.0',
  displayName: 'Billing',
  description: 'Credits and plans: what your wallet holds, what it was used for lately, and the plans that there are.',
  icon: 'icon.svg',
  capabilities: ['billing:read'],
  system: true,
})

export const chat = new ChatExtension(ext, {
  toolName: 'billing',
  description: 'Shows the balance of the wallet, its latest movements, and the plans on offer.',
  systemPrompt: 'Billing module. Credits are whole numbers; one credit is a thousandth of a dollar. It only looks.',
})
