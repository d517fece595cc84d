import { ChatExtension, Extension } from '@imperal/sdk'
import * as z from 'zod'

export const ext = new Extension('__app_id__', {
  version: '1.0.0',
  displayName: '__title__ Extension',
  description:
    'Keeps a journal with one line for each event, reminds you in the evening, and takes lines from outside.',
  icon: 'icon.svg',
  capabilities: ['__app_id__:read', '__app_id__:write'],
})

export const chat = new ChatExtension(ext, {
  toolName: '__tool_name__',
  description: 'Writes, lists and deletes the lines of a journal.',
  systemPrompt: 'Journal module. A line says what happened, in the words of the user.',
})

export const LineAdded = ext.emits('__app_id__.line_added', {
  schema: z.object({ line_id: z.string(), text: z.string() }),
})
export const LineDeleted = ext.emits('__app_id__.line_deleted')

export const Line = z.object({ text: z.string() })
export const LINES = 'lines'
