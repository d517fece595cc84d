import { flag, link, moment, number, text, texts } from '../fields.ts'

// Who may, who did, and what went wrong.

export const AccessLeveled = {
  access_level: text('sec.access_level'),
  classification: text('sec.classification'),
  is_public: flag('sec.is_public'),
  visibility: text('sec.visibility'),
}
export const Permissioned = {
  can_read: flag('sec.can_read'),
  can_write: flag('sec.can_write'),
  can_delete: flag('sec.can_delete'),
  can_share: flag('sec.can_share'),
  roles: texts('sec.roles'),
  scopes: texts('sec.scopes'),
}
export const Auditable = {
  actor_id: text('sec.actor_id'),
  action: text('sec.action'),
  target_id: text('sec.target_id'),
  at: moment('sec.at'),
  ip_address: text('sec.ip_address'),
  user_agent: text('sec.user_agent'),
  outcome: text('sec.outcome'),
}
export const Consented = {
  consent_given: flag('sec.consent_given'),
  consented_at: moment('sec.consented_at'),
  purpose: text('sec.purpose'),
  legal_basis: text('sec.legal_basis'),
  withdrawn_at: moment('sec.withdrawn_at'),
  consent_version: text('sec.consent_version'),
}
export const Compliant = {
  framework: text('sec.framework'),
  control: text('sec.control'),
  compliance_status: text('sec.compliance_status'),
  assessed_at: moment('sec.assessed_at'),
  evidence_url: link('sec.evidence_url'),
}
export const Attested = {
  attested_by: text('sec.attested_by'),
  attested_at: moment('sec.attested_at'),
  statement: text('sec.statement'),
  valid_until: moment('sec.valid_until'),
}
export const Signed = {
  signature: text('sec.signature'),
  algorithm: text('sec.algorithm'),
  key_id: text('sec.key_id'),
  signed_by: text('sec.signed_by'),
  signed_at: moment('sec.signed_at'),
}
export const Retained = {
  retention_class: text('sec.retention_class'),
  retain_until: moment('sec.retain_until'),
  legal_hold: flag('sec.legal_hold'),
}
export const Alertable = {
  severity: text('sec.severity'),
  alert_status: text('sec.alert_status'),
  alert_rule: text('sec.alert_rule'),
  raised_at: moment('sec.raised_at'),
  acknowledged_at: moment('sec.acknowledged_at'),
  acknowledged_by: text('sec.acknowledged_by'),
}
export const Caseable = {
  case_id: text('sec.case_id'),
  case_status: text('sec.case_status'),
  case_type: text('sec.case_type'),
  opened_at: moment('sec.opened_at'),
  closed_at: moment('sec.closed_at'),
  handler_id: text('sec.handler_id'),
  findings: text('sec.findings'),
}
export const RiskScored = {
  risk_score: number('sec.risk_score'),
  risk_level: text('sec.risk_level'),
  risk_factors: texts('sec.risk_factors'),
}
