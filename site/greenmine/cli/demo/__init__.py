"""The demonstration register: invented mines whose histories are made by the real use cases in date order.

Everything here is 演示数据. Every holder's name holds the word 示例 and every credit code the region 999999,
which exists nowhere, so that no real company or person can be meant.
"""
