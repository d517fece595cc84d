drop table kernel.webhook_delivery;
