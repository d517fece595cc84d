import { ChatExtension, Extension } from '@imperal/sdk'

export const ext = new Extension('tasks', {
  version: '1.0.0',
  displayName: 'Tasks',
  description: 'To-do lists with due dates, reminders and a webhook that lets other services add tasks for you.',
  icon: 'icon.svg',
  capabilities: ['tasks:read', 'tasks:write', 'tasks:destructive'],
  configDefaults: { remind_hour: 9 },
})

export const chat = new ChatExtension(ext, {
  toolName: 'tasks',
  description: 'Adds, lists, completes, changes and deletes tasks and their lists.',
  systemPrompt: 'Tasks module. A task has a title, a list, an optional due date (YYYY-MM-DD) and a priority.',
})

export const TaskAdded = ext.emits('tasks.added')
export const TaskChanged = ext.emits('tasks.changed')
export const TaskCompleted = ext.emits('tasks.completed')
export const TasksDeleted = ext.emits('tasks.deleted')
export const ListChanged = ext.emits('tasks.list_changed')
