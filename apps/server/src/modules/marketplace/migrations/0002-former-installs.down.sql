drop table marketplace.former_install;
