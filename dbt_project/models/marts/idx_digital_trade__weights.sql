-- The weights as they are known now.
{{ newest_vintage(ref('idx_digital_trade__weights__vintages')) }}
