drop table billing.model_rate, billing.setting, billing.terms;
