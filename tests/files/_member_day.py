"""A day's file with a row of each kind of members: `_member_day.py` writes it to good/."""

import pathlib

from _frame import frame, member

A, B, C = member(1, 1), member(1, 2), member(1, 3)
FAR = member(2, 1)

ROWS = [
    f"BILL,1,A-1001,{A},2007-03,18650",
    f"ACCOUNT,2,A-1001,{A},2005-06,MOBILE_3G,0,1,3",
    f"ACCOUNT,3,A-1002,{A},2006-01,DATA_CARD,1,0,1",
    f"ACCOUNT_END,4,A-1002,{A}",
    f"PROFILE,5,,{A}",
    f"PROFILE,6,P01/20070405/profile-6,{B}",
    f"BILL_SPLIT,7,A-1003,{B},2007-03,20000,1500,500",
    f"BILL_SPLIT,8,A-1004,{B},2007-03,700,300,400",
    f"SP_SPEND,9,A-1001,{A},2007-03,ring-tones,600",
    f"PARTNER_SPEND,10,AIR1/20070404/s-1,{A},AIR1,125000",
    f"FIXED_IN,11,,{A},340",
    f"EVENT,12,A-1001,{A},gprs,shop,plan-88,100",
    f"EVENT,13,A-1001,{A},,,,",
    f"PLAN,14,A-1001,{A},plan-88",
    f"PLAN,15,A-1001,{A},",
    f"BRAND,16,A-1001,{A},gotone",
    f"MERGE,17,,{B},A-1003,{A}",
    f"MERGE,18,P01/20070405/m-2,{B},,{A}",
    f"UNMERGE,19,P01/20070405/17,{B}",
    f"OWNER,20,A-1004,{B}",
    f"ARREARS,21,A-1001,{A},ONE_WAY",
    f"ARREARS,22,A-1001,{A},NONE",
    f"BLACKLIST,23,{C},1",
    f"VIP_PROPOSE,24,,{A},vip-gold,KEY_PERSON,2008-03,Shop-12",
    "VIP_DECIDE,25,P01/20070405/24,1,Boss-1",
    f"LEGACY,26,{C},silver,2007-04",
    f"APPLY,27,,{A},level,vip-silver,2006-04",
    f"GRADE,28,{A},level,vip-gold,2007-01-01,2008-01-01",
    f"GRADE,29,{C},level,vip-silver,2007-01-01,",
    f"SHEET,30,{A},b2b,value",
    "INPUT,nature,3,",
    "INPUT,strength,250000,18",
    f"SHEET,31,{C},b2b,",
    "INPUT,nature,0,0",
    f"ORDER,32,,{A},phone-credit,1,5000,0,{B}",
    f"ORDER,33,P01/20070403/o-7,{A},handset,2,12000,30000,",
    "ORDER_STATE,34,P01/20070405/32,DELIVERED,3000,0",
    "ORDER_STATE,35,P01/20070403/o-7,SHIPPED,,",
    "STOCK,36,handset,-3",
    "COMPLAINT,37,,P01/20070405/32,BROKEN",
    "COMPLAINT_END,38,P01/20070405/37,REFUNDED",
    f"CLAIM,39,,{A},birthday",
    f"REGISTER,40,,{A},A-1001,2007-02,NO_POINTS",
    "REGISTER_END,41,P01/20070405/40,CREDITED",
    f"CALL,42,,{A},18,1,",
    f"CALL,43,,{C},95,0,3600",
    f"SPENT,44,A-1001,{A},2006-12,15200,1",
    f"MOVE_IN,45,{FAR},P02",
    "LOT,P02/20070105/3,2006-12,CONSUMPTION,1,2010-01-01,500,120",
    "STANDING,50485431",
    "DEBT,P02,7",
    "STANDING,0100deadbeef",
    f"MOVE_IN,46,{member(2, 2)},P02",
    "STANDING,50",
]


def day():
    return frame("PROVINCE_DAY", "P01", "2007-04-05", 5, ROWS)


if __name__ == "__main__":
    (pathlib.Path(__file__).resolve().parent / "good" / "province-day-members.csv").write_bytes(
        day())
