import { flag, moment, number, text, texts, things, whole } from '../fields.ts'

// Work and how far it is.

export const Prioritized = {
  priority: text('task.priority'),
  urgency: text('task.urgency'),
  rank: number('task.rank'),
}
export const Progress = {
  percent: number('task.percent'),
  done: whole('task.done'),
  total: whole('task.total'),
}
export const Completable = {
  is_completed: flag('task.is_completed'),
  completed_at: moment('task.completed_at'),
  completed_by: text('task.completed_by'),
  resolution: text('task.resolution'),
}
export const Blockable = {
  is_blocked: flag('task.is_blocked'),
  blocked_by: texts('task.blocked_by'),
  blocked_reason: text('task.blocked_reason'),
  blocked_since: moment('task.blocked_since'),
}
export const Dependencies = {
  depends_on: texts('task.depends_on'),
  blocks: texts('task.blocks'),
  related: texts('task.related'),
}
export const Boarded = {
  board_id: text('task.board_id'),
  column: text('task.column'),
  position: number('task.position'),
  swimlane: text('task.swimlane'),
}
export const Checklist = {
  items: things('task.items'),
  items_done: whole('task.items_done'),
  items_total: whole('task.items_total'),
}
export const WorkflowState = {
  state: text('task.state'),
  previous_state: text('task.previous_state'),
  allowed_states: texts('task.allowed_states'),
}
export const Approvable = {
  approval_status: text('task.approval_status'),
  approver_id: text('task.approver_id'),
  approved_at: moment('task.approved_at'),
  approval_note: text('task.approval_note'),
}
export const Estimable = {
  estimate: number('task.estimate'),
  estimate_unit: text('task.estimate_unit'),
  spent: number('task.spent'),
}
